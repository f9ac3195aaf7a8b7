import { Client, credentials, type ClientDuplexStream, type ChannelCredentials } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { MessageType, messageTypeName, newMessage, type ChaincodeMessage } from './chaincode-message';

export const STREAM_TERMINATED = 'chaincode stream terminated';
export const EXECUTION_TIMEOUT = 'timeout expired while executing transaction';

/** One running invocation: receives what the contract asks and its final answer. */
export interface Invocation {
  readonly channelId: string;
  readonly txId: string;
  /** Answers one request of the contract; a throw becomes an ERROR message to it. */
  handle(request: ChaincodeMessage): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

export interface ChaincodeAddress {
  readonly name: string;
  /** host:port where the contract listens. */
  readonly address: string;
  readonly tlsRootCertificate?: Buffer;
}

interface Running {
  readonly invocation: Invocation;
  readonly settle: (outcome: ChaincodeMessage | Error) => void;
  pending: boolean;
}

type Stream = ClientDuplexStream<ChaincodeMessage, ChaincodeMessage>;

const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': 100 << 20,
  'grpc.max_send_message_length': 100 << 20,
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': 4 << 20,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 500,
};

/**
 * The peer's end of the stream to one contract that runs as a service.
 *
 * @see fabric core/chaincode/handler.go, core/container/externalbuilder (connection), fabric-shim server mode
 */
export class ChaincodeConnection {
  readonly #target: ChaincodeAddress;
  readonly #connectTimeoutMs: number;
  readonly #running = new Map<string, Running>();
  #client: Client | undefined;
  #stream: Stream | undefined;
  #ready: Promise<Stream> | undefined;
  #closed = false;

  constructor(target: ChaincodeAddress, connectTimeoutMs = 3_000) {
    this.#target = target;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * Runs one invocation to its final COMPLETED or ERROR message.
   *
   * @throws Error with Fabric's wording: "could not launch chaincode", "txid: ... exists", the stream or time-out texts.
   */
  async execute(invocation: Invocation, message: ChaincodeMessage, timeoutMs: number): Promise<ChaincodeMessage> {
    const stream = this.#stream ?? (await this.#launch());
    const id = contextId(invocation.channelId, invocation.txId);
    if (this.#running.has(id)) {
      throw new Error(`error sending: txid: ${invocation.txId}(${invocation.channelId}) exists`);
    }
    return new Promise<ChaincodeMessage>((resolve, reject) => {
      const timer = setTimeout(() => settle(new Error(EXECUTION_TIMEOUT)), timeoutMs);
      const settle = (outcome: ChaincodeMessage | Error): void => {
        clearTimeout(timer);
        if (!this.#running.delete(id)) return;
        if (outcome instanceof Error) reject(new Error(`error sending: ${outcome.message}`));
        else resolve(outcome);
      };
      this.#running.set(id, { invocation, settle, pending: false });
      stream.write(message);
    });
  }

  /** Connects ahead of the first invocation; a contract that is not there yet is no error. */
  async warmUp(): Promise<boolean> {
    return this.#launch().then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#closed = true;
    this.#stream?.cancel();
    this.#drop(this.#stream);
    this.#client?.close();
    this.#client = undefined;
  }

  #launch(): Promise<Stream> {
    this.#ready ??= this.#connect().finally(() => (this.#ready = undefined));
    return this.#ready;
  }

  async #connect(): Promise<Stream> {
    const { name, address } = this.#target;
    if (this.#closed) throw new Error(`could not launch chaincode ${name}: the ledger is stopping`);
    if (this.#stream) return this.#stream;
    const client = (this.#client ??= new Client(address, this.#credentials(), CHANNEL_OPTIONS));
    const deadline = Date.now() + this.#connectTimeoutMs;
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(deadline, (error) => (error ? reject(error) : resolve()));
    }).catch(() => {
      throw new Error(`could not launch chaincode ${name}: connection to ${name} failed: no contract at ${address}`);
    });
    return this.#register(client);
  }

  #credentials(): ChannelCredentials {
    const root = this.#target.tlsRootCertificate;
    return root ? credentials.createSsl(root) : credentials.createInsecure();
  }

  #register(client: Client): Promise<Stream> {
    const { path, requestSerialize, responseDeserialize } = peer.ChaincodeService.connect;
    const stream: Stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    return new Promise<Stream>((resolve, reject) => {
      const fail = (reason: string): void => {
        this.#drop(stream);
        reject(new Error(`could not launch chaincode ${this.#target.name}: ${reason}`));
      };
      const timer = setTimeout(() => {
        stream.cancel();
        fail('timed out waiting for its registration');
      }, this.#connectTimeoutMs);
      stream.on('data', (message: ChaincodeMessage) => {
        if (this.#stream === stream) return this.#receive(stream, message);
        if (message.getType() !== MessageType.REGISTER) return;
        clearTimeout(timer);
        stream.write(newMessage({ type: MessageType.REGISTERED }));
        stream.write(newMessage({ type: MessageType.READY }));
        this.#stream = stream;
        resolve(stream);
      });
      const ended = (): void => {
        clearTimeout(timer);
        fail(STREAM_TERMINATED);
      };
      stream.on('error', ended);
      stream.on('end', ended);
    });
  }

  #drop(stream: Stream | undefined): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    for (const { settle } of [...this.#running.values()]) settle(new Error(STREAM_TERMINATED));
  }

  #receive(stream: Stream, message: ChaincodeMessage): void {
    const type = message.getType();
    if (type === MessageType.KEEPALIVE) return;
    const running = this.#running.get(contextId(message.getChannelId(), message.getTxid()));
    if (type === MessageType.COMPLETED || type === MessageType.ERROR) {
      running?.settle(message);
      return;
    }
    if (running?.pending) return; // as a peer does: one request of a transaction at a time, others are dropped
    void this.#answer(stream, running, message);
  }

  async #answer(stream: Stream, running: Running | undefined, request: ChaincodeMessage): Promise<void> {
    const ids = { txId: request.getTxid(), channelId: request.getChannelId() };
    let reply: ChaincodeMessage;
    try {
      if (!running) throw new Error(noContext(request));
      running.pending = true;
      const answer = running.invocation.handle(request);
      const payload = answer instanceof Promise ? await answer : answer;
      reply = newMessage({ type: MessageType.RESPONSE, ...(payload && { payload }), ...ids });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `${messageTypeName(request.getType())} failed: transaction ID: ${ids.txId}: ${reason}`;
      reply = newMessage({ type: MessageType.ERROR, payload: Buffer.from(text), ...ids });
    }
    if (running) running.pending = false;
    if (this.#stream === stream) stream.write(reply);
  }
}

function noContext(request: ChaincodeMessage): string {
  return request.getType() === MessageType.INVOKE_CHAINCODE ? 'could not get valid transaction' : 'no ledger context';
}

function contextId(channelId: string, txId: string): string {
  return channelId + txId;
}
