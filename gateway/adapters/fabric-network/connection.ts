import './silent';
import { Gateway, Wallets, type X509Identity } from 'fabric-network';
import type { Client } from 'fabric-common';
import {
  type Channel,
  type DiscoveryHandler,
  type DiscoveryService,
  type Endorser,
  type IdentityContext,
  type User,
} from 'fabric-common';
import { ledgerError } from '../../ports/ledger-port';
import type { FabricConnectionOptions } from '../fabric-gateway/connection';

/** What one connected client of the library offers. */
interface Opened {
  readonly gateway: Gateway;
  readonly client: Client;
  readonly channel: Channel;
  readonly user: User;
}

const OWN_PEER = 'own-peer';
const PLAN_AGE_MS = 60_000;

/**
 * One member's client of the older library, opened with the first call and again after a failure.
 *
 * The library connects, discovers and watches; signatures are made natively, because its own signing is pure JavaScript.
 */
export class LegacyConnection {
  readonly #options: FabricConnectionOptions;
  readonly #plans = new Map<string, Promise<DiscoveryService>>();
  #opened: Promise<Opened> | undefined;

  constructor(options: FabricConnectionOptions) {
    this.#options = options;
  }

  get mspId(): string {
    return this.#options.mspId;
  }

  async sign(message: Uint8Array): Promise<Buffer> {
    return Buffer.from(await this.#options.identity.sign(message));
  }

  async channel(): Promise<Channel> {
    return (await this.#open()).channel;
  }

  /** A fresh transaction id and nonce. */
  async newContext(): Promise<IdentityContext> {
    const { client, user } = await this.#open();
    return client.newIdentityContext(user);
  }

  /** One connected peer of each member, the own peer for the own member. @throws LedgerError unavailable. */
  async peersOf(members: readonly string[]): Promise<Endorser[]> {
    const channel = await this.channel();
    return Promise.all(
      members.map(async (mspId) => {
        const found = await firstConnected(own(channel.getEndorsers(mspId)));
        if (found === undefined) throw ledgerError('unavailable', 'PEER_UNAVAILABLE', { members: mspId });
        return found;
      }),
    );
  }

  /** Finds endorsers by the chaincode's policy; the plan is kept for a minute. @throws LedgerError unavailable. */
  async handlerFor(chaincode: string): Promise<DiscoveryHandler> {
    let plan = this.#plans.get(chaincode);
    if (plan === undefined) {
      plan = this.#discover(chaincode);
      plan.catch(() => this.#plans.delete(chaincode));
      this.#plans.set(chaincode, plan);
    }
    return (await plan).newHandler();
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    void opened?.then(
      ({ gateway }) => gateway.disconnect(),
      () => undefined,
    );
  }

  async #discover(chaincode: string): Promise<DiscoveryService> {
    const channel = await this.channel();
    const service = channel.newDiscoveryService(chaincode);
    const request = service.build(await this.newContext(), { interest: [{ name: chaincode }] });
    service.sign(await this.sign(request));
    const { client } = await this.#open();
    const [peer] = await this.peersOf([this.mspId]);
    const discoverer = client.newDiscoverer(`discovery of ${chaincode}`, this.mspId);
    discoverer.setEndpoint((peer as Endorser).endpoint);
    await service.send({ asLocalhost: false, refreshAge: PLAN_AGE_MS, targets: [discoverer] });
    return service;
  }

  #open(): Promise<Opened> {
    if (this.#opened === undefined) {
      const opening = this.#connect();
      this.#opened = opening;
      opening.catch(() => {
        if (this.#opened === opening) this.#opened = undefined;
      });
    }
    return this.#opened;
  }

  /** @throws LedgerError unavailable when the own peer or its Discovery service does not answer. */
  async #connect(): Promise<Opened> {
    const gateway = new Gateway();
    try {
      const identity: X509Identity = {
        type: 'X.509',
        mspId: this.mspId,
        credentials: {
          certificate: Buffer.from(this.#options.identity.certificate).toString('utf8'),
          privateKey: Buffer.from(this.#options.identity.privateKey ?? '').toString('utf8'),
        },
      };
      const wallet = await Wallets.newInMemoryWallet();
      await wallet.put(OWN_PEER, identity);
      await gateway.connect(profileOf(this.#options), {
        wallet,
        identity: OWN_PEER,
        discovery: { enabled: true, asLocalhost: false },
      });
      const network = await gateway.getNetwork(this.#options.channel);
      const channel = network.getChannel();
      const user = await wallet.getProviderRegistry().getProvider('X.509').getUserContext(identity, OWN_PEER);
      return { gateway, client: channel.client, channel, user };
    } catch {
      gateway.disconnect();
      throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
    }
  }
}

/** The own peer is named by us; those that Discovery told of carry their addresses. */
function own(endorsers: readonly Endorser[]): Endorser[] {
  return [...endorsers].sort((a, b) => Number(b.name === OWN_PEER) - Number(a.name === OWN_PEER));
}

async function firstConnected(endorsers: readonly Endorser[]): Promise<Endorser | undefined> {
  for (const endorser of endorsers) if (await endorser.checkConnection()) return endorser;
  return undefined;
}

/** A connection profile that knows the own peer only; Discovery tells the rest. */
function profileOf({
  channel,
  mspId,
  endpoint,
  tlsRootCertificate,
  serverName,
}: FabricConnectionOptions): Record<string, unknown> {
  return {
    name: channel,
    version: '1.0.0',
    client: { organization: mspId },
    channels: { [channel]: { peers: { [OWN_PEER]: { discover: true, eventSource: true } } } },
    organizations: { [mspId]: { mspid: mspId, peers: [OWN_PEER] } },
    peers: {
      [OWN_PEER]: {
        url: `${tlsRootCertificate ? 'grpcs' : 'grpc'}://${endpoint}`,
        ...(tlsRootCertificate && { tlsCACerts: { pem: Buffer.from(tlsRootCertificate).toString('utf8') } }),
        grpcOptions: serverName === undefined ? {} : { 'ssl-target-name-override': serverName },
      },
    },
  };
}
