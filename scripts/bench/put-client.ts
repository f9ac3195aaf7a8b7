import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, signers, type Contract } from '@hyperledger/fabric-gateway';
import { softwareIdentity } from '../../gateway/adapters/identity/signing-identity';
import { openConnection } from '../../gateway/adapters/fabric-gateway/connection';

/** Who sends: one user of one member, to that member's endpoint. */
export interface PutTarget {
  readonly mspId: string;
  readonly endpoint: string;
  readonly serverName: string;
  /** File of the endpoint's TLS root. */
  readonly tlsRoot: string;
  /** Folder of the user's certificate and key. */
  readonly user: string;
}

/** One load of puts; `stock` signs as the client library does by itself. */
export interface PutPlan {
  readonly name: string;
  readonly signing: 'native' | 'stock';
  readonly transactions: number;
  readonly inFlight: number;
}

export interface PutConnection {
  readonly contract: Contract;
  close(): void;
}

export function connectTo(
  { mspId, endpoint, serverName, tlsRoot, user }: PutTarget,
  signing: PutPlan['signing'],
): PutConnection {
  const certificate = readFileSync(join(user, 'cert.pem'));
  const privateKey = readFileSync(join(user, 'key.pem'));
  const tlsRootCertificate = readFileSync(tlsRoot);
  const own = openConnection({
    channel: 'bench',
    mspId,
    endpoint,
    tlsRootCertificate,
    serverName,
    identity: softwareIdentity(mspId, certificate, privateKey),
  });
  const signer = signers.newPrivateKeySigner(createPrivateKey(privateKey));
  const gateway =
    signing === 'native'
      ? own.gateway
      : connect({ client: own.client, identity: { mspId, credentials: certificate }, signer });
  return {
    contract: gateway.getNetwork('bench').getContract('bench'),
    close: () => {
      gateway.close();
      own.gateway.close();
      own.client.close();
    },
  };
}
