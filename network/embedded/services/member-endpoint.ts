import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { common, discovery, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import type { Endorser } from '../endorser/endorser';
import type { OrderingService } from '../orderer/orderer';
import type { ChaincodeEvents } from './chaincode-events';
import { encodeStatus } from './deliver-encoding';
import type { DeliverRules, DeliverService } from './deliver-service';
import type { DiscoveryService } from './discovery-service';
import type { GatewayService } from './gateway-service';
import { RpcError, toServiceError } from './rpc-error';

export interface EndpointServices {
  readonly gateway: GatewayService;
  readonly events: ChaincodeEvents;
  readonly endorser: Endorser;
  readonly deliver: DeliverService;
  readonly discovery: DiscoveryService;
  readonly orderer: OrderingService;
  readonly rules: Record<'block' | 'filtered' | 'withPrivateData' | 'ordered', DeliverRules>;
}

/** Requests a service handles at once before it refuses more. */
export interface ConcurrencyLimits {
  readonly gateway: number;
  readonly endorser: number;
  readonly deliver: number;
}

export interface ServerKeys {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const MESSAGE_BYTES = 100 << 20;
const raw = (bytes: Buffer): Buffer => bytes;

/** One member's gRPC endpoint over TLS. */
export class MemberEndpoint {
  readonly #server: Server;
  readonly #services: EndpointServices;

  constructor(services: EndpointServices, limits: ConcurrencyLimits) {
    this.#services = services;
    // Channelz stays on: without it grpc-js forgets its sessions, and a forced shutdown leaves them open.
    this.#server = new Server({
      'grpc.max_receive_message_length': MESSAGE_BYTES,
      'grpc.max_send_message_length': MESSAGE_BYTES,
      'grpc.max_concurrent_streams': 100_000,
    });
    this.#addGateway(new Limiter('/gateway.Gateway', limits.gateway));
    this.#addEndorser(new Limiter('/protos.Endorser', limits.endorser));
    this.#addDeliver(new Limiter('/protos.Deliver', limits.deliver));
    this.#addOrderer();
    this.#addDiscovery();
  }

  /** Listens, and gives the port. @throws Error when the port is taken. */
  listen(host: string, port: number, keys: ServerKeys): Promise<number> {
    const credentials = ServerCredentials.createSsl(null, [
      { cert_chain: Buffer.from(keys.certificatePem), private_key: Buffer.from(keys.privateKeyPem) },
    ]);
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`${host}:${port}`, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #addGateway(limiter: Limiter): void {
    const { gateway: service, events } = this.#services;
    this.#server.addService(gateway.GatewayService, {
      endorse: limiter.unary((request: gateway.EndorseRequest) => service.endorse(request)),
      submit: limiter.unary((request: gateway.SubmitRequest) => service.submit(request)),
      evaluate: limiter.unary((request: gateway.EvaluateRequest) => service.evaluate(request)),
      commitStatus: limiter.waitingUnary((request: gateway.SignedCommitStatusRequest, cancelled) =>
        service.commitStatus(request, cancelled),
      ),
      chaincodeEvents: limiter.serverStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>(
        (request, send, cancelled) => events.stream(request, service, { send, cancelled }),
      ),
    } as UntypedServiceImplementation);
  }

  #addEndorser(limiter: Limiter): void {
    const { endorser } = this.#services;
    this.#server.addService(peer.EndorserService, {
      processProposal: limiter.unary(async (request: peer.SignedProposal) => {
        const { response, error } = await endorser.processProposal(request);
        if (error) throw error;
        return response as peer.ProposalResponse;
      }),
    } as UntypedServiceImplementation);
  }

  #addDeliver(limiter: Limiter): void {
    const { deliver, deliverFiltered, deliverWithPrivateData } = peer.DeliverService;
    const { block, filtered, withPrivateData } = this.#services.rules;
    const definition = {
      deliver: { ...deliver, responseSerialize: raw },
      deliverFiltered: { ...deliverFiltered, responseSerialize: raw },
      deliverWithPrivateData: { ...deliverWithPrivateData, responseSerialize: raw },
    };
    this.#server.addService(definition, {
      deliver: limiter.duplex(this.#seeker(block)),
      deliverFiltered: limiter.duplex(this.#seeker(filtered)),
      deliverWithPrivateData: limiter.duplex(this.#seeker(withPrivateData)),
    } as UntypedServiceImplementation);
  }

  #addOrderer(): void {
    const { broadcast, deliver } = orderer.AtomicBroadcastService;
    const unlimited = new Limiter('/orderer.AtomicBroadcast', Infinity);
    this.#server.addService({ broadcast, deliver: { ...deliver, responseSerialize: raw } }, {
      broadcast: unlimited.duplex<common.Envelope, orderer.BroadcastResponse>(async (envelope, send) => {
        const answer = await this.#services.orderer.broadcast(envelope);
        const response = new orderer.BroadcastResponse();
        response.setStatus(answer.status);
        response.setInfo(answer.info);
        await send(response);
        return answer.status === common.Status.SUCCESS;
      }),
      deliver: unlimited.duplex(this.#seeker(this.#services.rules.ordered)),
    } as UntypedServiceImplementation);
  }

  #addDiscovery(): void {
    const unlimited = new Limiter('/discovery.Discovery', Infinity);
    this.#server.addService(discovery.DiscoveryService, {
      discover: unlimited.unary(async (request: discovery.SignedRequest) => this.#services.discovery.discover(request)),
    } as UntypedServiceImplementation);
  }

  #seeker(rules: DeliverRules): DuplexHandler<common.Envelope, Buffer> {
    return async (envelope, send, cancelled) => {
      const ended = await this.#services.deliver.deliver(envelope, rules, send, cancelled);
      await send(encodeStatus(ended));
      return ended === common.Status.SUCCESS;
    };
  }
}

type Send<T> = (response: T) => Promise<void>;
/** Handles one request of a stream; false ends the stream. */
type DuplexHandler<Q, R> = (request: Q, send: Send<R>, cancelled: AbortSignal) => Promise<boolean>;

/** Adapts handlers to grpc-js and refuses what exceeds the service's concurrency. @see fabric internal/peer/node/grpc_limiters.go */
class Limiter {
  readonly #service: string;
  readonly #limit: number;
  #running = 0;

  constructor(service: string, limit: number) {
    this.#service = service;
    this.#limit = limit;
  }

  unary<Q, R>(handle: (request: Q) => Promise<R>) {
    return this.#unary<Q, R>((call) => handle(call.request));
  }

  /** For a call that waits: its handler learns when the caller goes away. */
  waitingUnary<Q, R>(handle: (request: Q, cancelled: AbortSignal) => Promise<R>) {
    return this.#unary<Q, R>((call) => handle(call.request, abortSignalOf(call)));
  }

  #unary<Q, R>(handle: (call: ServerUnaryCall<Q, R>) => Promise<R>) {
    return (call: ServerUnaryCall<Q, R>, callback: sendUnaryData<R>): void => {
      this.#run(() => handle(call)).then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      );
    };
  }

  serverStream<Q, R>(handle: (request: Q, send: Send<R>, cancelled: AbortSignal) => Promise<unknown>) {
    return (call: ServerWritableStream<Q, R>): void => {
      const cancelled = abortSignalOf(call);
      this.#run(async () => handle(call.request, sender(call, cancelled), cancelled)).then(
        () => call.end(),
        (error: unknown) => call.emit('error', toServiceError(error)),
      );
    };
  }

  duplex<Q, R>(handle: DuplexHandler<Q, R>) {
    return (call: ServerDuplexStream<Q, R>): void => {
      const cancelled = abortSignalOf(call);
      const send = sender(call, cancelled);
      this.#run(() => eachRequest(call, (request: Q) => handle(request, send, cancelled))).then(
        () => call.end(),
        (error: unknown) => call.emit('error', toServiceError(error)),
      );
    };
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) {
      throw new RpcError(
        status.UNKNOWN,
        `too many requests for ${this.#service}, exceeding concurrency limit (${this.#limit})`,
      );
    }
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
    }
  }
}

interface Readable<Q> {
  on(event: 'data', listener: (request: Q) => void): unknown;
  on(event: 'end' | 'cancelled', listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** Handles a stream's requests one after another until it ends or a handler says so. */
function eachRequest<Q>(call: Readable<Q>, handle: (request: Q) => Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    call.on('data', (request) => {
      call.pause();
      handle(request).then((goOn) => (goOn ? call.resume() : resolve()), reject);
    });
    call.on('end', resolve);
    call.on('cancelled', resolve);
  });
}

interface Writable<R> {
  write(response: R): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** Writes and waits for a slow reader, so that a stream's backlog stays bounded. */
function sender<R>(call: Writable<R>, cancelled: AbortSignal): Send<R> {
  return (response) => {
    if (cancelled.aborted) return Promise.reject(new RpcError(status.CANCELLED, 'context canceled'));
    if (call.write(response)) return Promise.resolve();
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancelled.removeEventListener('abort', goOn); // a slow reader waits many times in one call
        resolve();
      };
      call.once('drain', goOn);
      cancelled.addEventListener('abort', goOn, { once: true });
    });
  };
}

/** One reason for all: making an exception for every call that ends costs more than the call's own bookkeeping. */
const CANCELLED = new Error('context canceled');

function abortSignalOf(call: { on(event: 'cancelled', listener: () => void): unknown }): AbortSignal {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort(CANCELLED));
  return controller.signal;
}
