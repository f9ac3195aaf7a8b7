import { canonicalBytes, canonicalJson } from '../../chaincode/domain/canonical-json';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import type { MembershipProposal } from '../../chaincode/domain/membership';
import type { CalendarBook } from '../../chaincode/domain/calendar';
import type { FinancingClaim, KeyBinding, NetworkDescription } from '../../chaincode/domain/registry';
import type { Succession } from '../../chaincode/domain/succession';
import { FINANCING_CLAIM_TYPES, KEY_BINDING_TYPES } from '../../chaincode/domain/registry-rules';
import type { LedgerPort, SubmitRequest } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import type { RegistryAnswer, RegistryReader } from './preview';
import type { MembershipVote, NewCalendar, NewFinancingClaim, NewKeyBinding, Registry } from './registry';
import { typedDataOf } from './signing-acts';
import type { TypedData } from './signing-requests';

type Sent = ReturnType<Registry['setNetwork']>;

/** Reads the registry from the own index and writes to it by transactions that a majority of members endorses. */
export class RegistryService implements Registry, RegistryReader {
  readonly #ledger: LedgerPort;
  readonly #index: RecordIndex;

  constructor(ledger: LedgerPort, index: RecordIndex) {
    this.#ledger = ledger;
    this.#index = index;
  }

  async lookUp(question: {
    readonly addresses: readonly string[];
    readonly claims: readonly string[];
    readonly calendars?: readonly string[];
    readonly successions?: readonly string[];
  }): Promise<RegistryAnswer> {
    const found = async <T>(prefix: string, keys: readonly string[]): Promise<Map<string, T>> => {
      const values = new Map<string, T>();
      for (const key of keys) {
        const value = await this.#value<T>(`${prefix}/${key}`);
        if (value !== undefined) values.set(key, value);
      }
      return values;
    };
    return {
      network: await this.#value<NetworkDescription>('network'),
      bindings: await found<KeyBinding>('k', question.addresses),
      claims: await found<FinancingClaim>('f', question.claims),
      calendars: await found<CalendarBook>('c', question.calendars ?? []),
      successions: await found<Succession>('s', question.successions ?? []),
    };
  }

  async network(): Promise<NetworkDescription> {
    const network = await this.#value<NetworkDescription>('network');
    if (network === undefined) throw new Rejection('NETWORK_NOT_SET');
    return network;
  }

  setNetwork(description: NetworkDescription, reference?: string): Sent {
    return this.#submit('setNetwork', [canonicalJson(description as unknown as Json)], reference);
  }

  async membershipProposals(): Promise<readonly MembershipProposal[]> {
    return (await this.#index.registryValues('m/')).map(({ value }) => parse<MembershipProposal>(value));
  }

  voteMembership(vote: MembershipVote, reference?: string): Sent {
    return this.#submit('voteMembership', [canonicalJson(vote as unknown as Json)], reference);
  }

  async successions(): Promise<readonly Succession[]> {
    return (await this.#index.registryValues('s/')).map(({ value }) => parse<Succession>(value));
  }

  voteSuccession(vote: Pick<Succession, 'from' | 'to'>, reference?: string): Sent {
    return this.#submit('voteSuccession', [canonicalJson(vote)], reference);
  }

  async binding(address: string): Promise<KeyBinding | undefined> {
    return this.#value<KeyBinding>(`k/${address}`);
  }

  async bindings(): Promise<readonly KeyBinding[]> {
    return (await this.#index.registryValues('k/')).map(({ value }) => parse<KeyBinding>(value));
  }

  proposeKeyBinding(binding: NewKeyBinding, reference?: string): Sent {
    return this.#submit('proposeKeyBinding', [canonicalJson(binding as unknown as Json)], reference);
  }

  attestKeyBinding(address: string, reference?: string): Sent {
    return this.#submit('attestKeyBinding', [address], reference);
  }

  revokeKeyBinding(address: string, reference?: string): Sent {
    return this.#submit('revokeKeyBinding', [address], reference);
  }

  async keyBindingTypedData({ partyId, ...rest }: Omit<NewKeyBinding, 'signature'>): Promise<TypedData> {
    const { genesisHash } = await this.network();
    return typedDataOf(genesisHash, 'KeyBinding', KEY_BINDING_TYPES, { ...rest, party: partyId });
  }

  async calendar(member: string): Promise<CalendarBook | undefined> {
    return this.#value<CalendarBook>(`c/${member}`);
  }

  publishCalendar(calendar: NewCalendar, reference?: string): Sent {
    return this.#submit('publishCalendar', [canonicalJson(calendar as unknown as Json)], reference);
  }

  async claim(fingerprint: string): Promise<FinancingClaim | undefined> {
    return this.#value<FinancingClaim>(`f/${fingerprint}`);
  }

  registerFingerprint(fingerprint: string, recordId: string, reference?: string): Sent {
    return this.#submit('registerFingerprint', [fingerprint, recordId], reference);
  }

  /** Terms and signature travel as transient data: to a majority of the members' peers, and never onto the ledger. */
  async claimFingerprint(claim: NewFinancingClaim, reference?: string): Promise<Awaited<Sent>> {
    const { members } = await this.network();
    return this.#send({
      chaincode: 'registry',
      fn: 'Registry:claimFingerprint',
      args: [claim.fingerprint],
      transient: { claim: canonicalBytes(claim as unknown as Json) },
      endorsers: members.map(({ mspId }) => mspId),
      ...(reference === undefined ? {} : { reference }),
    });
  }

  async claimTypedData(claim: Omit<NewFinancingClaim, 'signature' | 'address' | 'businessDay'>): Promise<TypedData> {
    const { genesisHash } = await this.network();
    const { fingerprint, terms, nonce, deadline } = claim;
    const message = {
      fingerprint: `0x${fingerprint}`,
      bank: this.#ledger.mspId,
      terms: `0x${terms}`,
      nonce,
      deadline,
    };
    return typedDataOf(genesisHash, 'FinancingClaim', FINANCING_CLAIM_TYPES, message);
  }

  cancelClaim(fingerprint: string, reference?: string): Sent {
    return this.#submit('cancelClaim', [fingerprint], reference);
  }

  async #value<T>(key: string): Promise<T | undefined> {
    const bytes = await this.#index.registryValue(key);
    return bytes === undefined || bytes.length === 0 ? undefined : parse<T>(bytes);
  }

  #submit(fn: string, args: readonly string[], reference: string | undefined): Sent {
    return this.#send({
      chaincode: 'registry',
      fn: `Registry:${fn}`,
      args,
      ...(reference === undefined ? {} : { reference }),
    });
  }

  async #send(request: SubmitRequest): Promise<Awaited<Sent>> {
    const { transactionId, blockNumber } = await this.#ledger.submit(request);
    await this.#index.waitForHeight(blockNumber).catch(() => undefined); // it stands whether seen here or not
    return { transactionId, blockNumber };
  }
}

function parse<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
}
