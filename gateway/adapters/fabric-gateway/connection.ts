import { Client, credentials, type CallOptions } from '@grpc/grpc-js';
import { connect, hash, type Gateway } from '@hyperledger/fabric-gateway';
import { msp } from '@hyperledger/fabric-protos';
import type { Sign, SigningIdentity } from '../identity/signing-identity';

export interface FabricConnectionOptions {
  readonly channel: string;
  readonly mspId: string;
  /** host:port of the own member's peer. */
  readonly endpoint: string;
  /** PEM; without it the connection is in the clear. */
  readonly tlsRootCertificate?: Uint8Array;
  /** Name in the peer's certificate when it is not the host's. */
  readonly serverName?: string;
  readonly identity: SigningIdentity;
  /** Calls to the peer at once; default 400, below Fabric's limit of 500. */
  readonly concurrency?: number;
}

/** Time limits of the calls, milliseconds. A broadcast may try every orderer in turn, so it takes the longest. */
export const DEADLINES = { evaluate: 30_000, endorse: 60_000, submit: 90_000, commitStatus: 60_000 };

/** One gRPC client and one identity: everything this gateway says to its peer goes through here. */
export interface FabricConnection {
  readonly client: Client;
  readonly gateway: Gateway;
  /** Serialised `msp.SerializedIdentity`. */
  readonly creator: Uint8Array;
  readonly sign: Sign;
}

/** Opens the connection; nothing is sent until the first call. The identity signs unhashed messages. */
export function openConnection(options: FabricConnectionOptions): FabricConnection {
  const { certificate, sign } = options.identity;
  const client = new Client(options.endpoint, channelCredentials(options), channelOptions(options));
  const gateway = connect({
    client,
    identity: { mspId: options.mspId, credentials: certificate },
    hash: hash.none,
    signer: sign,
    evaluateOptions: () => deadline(DEADLINES.evaluate),
    endorseOptions: () => deadline(DEADLINES.endorse),
    submitOptions: () => deadline(DEADLINES.submit),
    commitStatusOptions: () => deadline(DEADLINES.commitStatus),
  });
  const identity = new msp.SerializedIdentity();
  identity.setMspid(options.mspId);
  identity.setIdBytes(certificate);
  return { client, gateway, creator: identity.serializeBinary(), sign };
}

/** Call options with a time limit from now. */
export function deadline(ms: number): CallOptions {
  return { deadline: Date.now() + ms };
}

function channelCredentials({ tlsRootCertificate }: FabricConnectionOptions): ReturnType<typeof credentials.createSsl> {
  return tlsRootCertificate ? credentials.createSsl(Buffer.from(tlsRootCertificate)) : credentials.createInsecure();
}

function channelOptions({ serverName }: FabricConnectionOptions): Record<string, string | number> {
  return {
    'grpc.enable_channelz': 0,
    'grpc-node.flow_control_window': 4 << 20,
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    // Below 60 s Fabric's server answers GOAWAY (too many pings).
    'grpc.keepalive_time_ms': 90_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
  };
}
