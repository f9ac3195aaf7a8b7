import { createHash } from 'node:crypto';
import { Wallet } from 'ethers';
import { canonicalJson, parseCanonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Json, JsonObject } from '../../../chaincode/domain/json';
import { contentHash, materialise } from '../../../chaincode/domain/materialise';
import type { OperationRequest, SuppliedRecord } from '../../../chaincode/domain/operation';
import { operationNamed } from '../../../chaincode/domain/operations';
import { execute, type WriteSet } from '../../../chaincode/domain/execute';
import { openGroups, type Groups, type RecordDocument, type SaltedGroups } from '../../../chaincode/domain/record';
import type { CalendarBook } from '../../../chaincode/domain/calendar';
import type { FinancingClaim, KeyBinding, NetworkDescription } from '../../../chaincode/domain/registry';
import type { Succession } from '../../../chaincode/domain/succession';
import { actOf } from '../../../chaincode/domain/signed-act';
import { ACT_TYPES, signingDomain, type PartySignature } from '../../../chaincode/domain/typed-data';
import { applyWrites } from '../../../chaincode/state/apply-writes';
import { loadContext } from '../../../chaincode/state/load-context';
import { implicitCollection, type ReadingStub, type WritingStub } from '../../../chaincode/state/stub';

export const GENESIS = '7'.repeat(64);
export const MEMBERS = [
  ['PlatformMSP', 'platform'],
  ['SellerBankMSP', 'bank'],
  ['BuyerBankMSP', 'bank'],
  ['LogisticsMSP', 'logistics'],
  ['ArbitrationMSP', 'arbitration'],
  ['ReserveBankMSP', 'bank'],
] as const;

/** The parties' keys; fixed, so that every run of a test signs the same. */
export const WALLETS: Readonly<Record<string, Wallet>> = {
  buyer: new Wallet(`0x${'11'.repeat(32)}`),
  seller: new Wallet(`0x${'22'.repeat(32)}`),
  stranger: new Wallet(`0x${'33'.repeat(32)}`),
};

export interface Act {
  readonly as: string;
  readonly operation: string;
  readonly input: Json;
  readonly records?: readonly string[];
  /** Parties whose keys sign what must be signed; every party that must when absent. */
  readonly signers?: readonly string[];
  /** Signatures to send instead of fresh ones. */
  readonly signatures?: readonly PartySignature[];
  readonly seed?: string;
  readonly certificate?: string;
  /** Last change of the request before it is sent. */
  readonly tamper?: (request: OperationRequest) => OperationRequest;
}

/** A ledger in memory under the real loading, rules and writing of the contract. */
export class World {
  readonly network: NetworkDescription = {
    channel: 'trade',
    genesisHash: GENESIS,
    members: MEMBERS.map(([mspId, kind]) => ({ mspId, kind, name: mspId, nameZh: mspId })),
    fingerprintKeyHash: createHash('sha256').update(Buffer.alloc(32)).digest('hex'),
  };
  readonly bindings = new Map<string, KeyBinding>();
  readonly claims = new Map<string, FinancingClaim>();
  readonly calendars = new Map<string, CalendarBook>();
  /** Key `from/to`. */
  readonly successions = new Map<string, Succession>();
  #state = new Map<string, Uint8Array>();
  #privates = new Map<string, Map<string, Uint8Array>>(MEMBERS.map(([mspId]) => [mspId, new Map()]));
  #transactions = 0;

  constructor() {
    for (const [partyId, bank] of [
      ['buyer', 'BuyerBankMSP'],
      ['seller', 'SellerBankMSP'],
    ] as const) {
      this.bind(partyId, bank, WALLETS[partyId]!.address);
    }
  }

  bind(partyId: string, bank: string, address: string, change: Partial<KeyBinding> = {}): void {
    const binding = { address, partyId, platform: 'PlatformMSP', bank, status: 'active' as const };
    this.bindings.set(address, { ...binding, validFrom: '2026-01-01', validTo: '2027-12-31', ...change });
  }

  clone(): World {
    const copy = new World();
    copy.#state = new Map(this.#state);
    copy.#privates = new Map([...this.#privates].map(([mspId, held]) => [mspId, new Map(held)]));
    copy.#transactions = this.#transactions;
    for (const name of ['bindings', 'claims', 'calendars', 'successions'] as const) {
      const target = copy[name] as Map<string, unknown>;
      target.clear();
      for (const [key, value] of this[name]) target.set(key, value);
    }
    return copy;
  }

  /** Runs one operation as a participant's peer would, and commits it. @throws Rejection. */
  async run(act: Act): Promise<WriteSet> {
    const written = await this.judge(act);
    await applyWrites(this.#writing(), written);
    this.#transactions++;
    return written;
  }

  /** Runs one operation without committing it. @throws Rejection. */
  async judge(act: Act): Promise<WriteSet> {
    const unsigned: OperationRequest = {
      operation: act.operation,
      seed: act.seed ?? createHash('sha256').update(`seed ${this.#transactions}`).digest('hex'),
      input: act.input,
      records: (act.records ?? []).map((id) => this.supplied(id)),
      signatures: [],
    };
    const signatures = act.signatures ?? (await this.#signatures(act, unsigned));
    const request = (act.tamper ?? ((same) => same))({ ...unsigned, signatures });
    const operation = operationNamed(request.operation);
    return execute(operation, request, await this.#context(act, request));
  }

  /** Signatures of the acts that the operation asks for. */
  async #signatures(act: Act, request: OperationRequest): Promise<PartySignature[]> {
    const operation = operationNamed(act.operation);
    const context = await this.#context(act, request);
    const changes = operation.apply(context, operation.parse(request.input));
    const made: PartySignature[] = [];
    for (const [index, change] of changes.entries()) {
      if (change.kind !== 'update' || change.signed === undefined) continue;
      const content = contentHash(materialise(change, context, request.seed, index).document);
      for (const party of act.signers ?? change.signed.parties) {
        const terms = { nonce: '1', deadline: 20_261_231 };
        const message = actOf(context, change.record, change.signed.action, content, terms);
        made.push(await signAct(WALLETS[party]!, { ...message }, terms));
      }
    }
    return made;
  }

  async #context(act: Act, request: OperationRequest) {
    const operation = operationNamed(request.operation);
    const supplied = new Map(request.records.map((record) => [record.document.id, record]));
    const reads = operation.reads(operation.parse(request.input), supplied);
    const creator = { mspId: act.as, certificate: act.certificate ?? '' };
    return loadContext(this.#reading(), request, reads, creator);
  }

  /** A record's current body as a participant's gateway would supply it. */
  supplied(id: string): SuppliedRecord {
    const copies = [...this.#privates.values()].flatMap((held) => {
      const [document, groups] = [held.get(`r/${id}`), held.get(`g/${id}`)];
      if (document === undefined || groups === undefined) return [];
      const salted = (json(groups) as unknown as { groups: SaltedGroups }).groups;
      return [{ document: json(document) as unknown as RecordDocument, groups: salted }];
    });
    const newest = Math.max(...copies.map(({ document }) => document.version));
    const copy = copies.find(({ document }) => document.version === newest);
    if (copy === undefined) throw new Error(`no record ${id}`);
    return copy;
  }

  groups(id: string): Groups {
    const { document, groups } = this.supplied(id);
    return openGroups(document, groups);
  }

  status(id: string): string {
    return this.supplied(id).document.status;
  }

  /** A public value, parsed. */
  publicValue(key: string): JsonObject | undefined {
    const bytes = this.#state.get(key);
    return bytes === undefined ? undefined : (json(bytes) as JsonObject);
  }

  /** Overwrites a public key, as a member that reaches an unguarded key first could. */
  overwrite(key: string, value: Uint8Array): void {
    this.#state.set(key, value);
  }

  /** An attachment as whichever participant holds it. */
  attachment(id: string, name: string): Json {
    const held = [...this.#privates.values()].map((values) => values.get(`a/${id}/${name}`));
    return json(held.find((bytes) => bytes !== undefined)!);
  }

  privateKeys(mspId: string): string[] {
    return [...(this.#privates.get(mspId)?.keys() ?? [])];
  }

  #reading(): ReadingStub {
    return {
      getState: async (key: string) => this.#state.get(key) ?? new Uint8Array(),
      getPrivateDataHash: async (collection: string, key: string) => {
        const value = this.#privates.get(collection.replace('_implicit_org_', ''))?.get(key);
        return value === undefined ? new Uint8Array() : createHash('sha256').update(value).digest();
      },
      getChannelID: () => 'trade',
      getTxID: () => createHash('sha256').update(`tx ${this.#transactions}`).digest('hex'),
      invokeChaincode: async (_name: string, args: string[]) => ({
        status: 200,
        message: '',
        payload: this.#lookUp(args[1]!),
      }),
    } as unknown as ReadingStub;
  }

  #lookUp(question: string): Uint8Array {
    const { addresses, claims, calendars, successions } = JSON.parse(question) as Record<string, string[]>;
    const found = <T>(map: Map<string, T>, keys: string[] = []): T[] => keys.flatMap((key) => map.get(key) ?? []);
    const answer = {
      network: this.network,
      bindings: found(this.bindings, addresses),
      claims: found(this.claims, claims),
      calendars: found(this.calendars, calendars),
      successions: found(this.successions, successions),
    };
    return Buffer.from(canonicalJson(answer as unknown as Json));
  }

  #writing(): WritingStub {
    return {
      putState: async (key: string, value: Uint8Array) => void this.#state.set(key, value),
      putPrivateData: async (collection: string, key: string, value: Uint8Array) => {
        const held = MEMBERS.find(([mspId]) => implicitCollection(mspId) === collection);
        this.#privates.get(held![0])!.set(key, value);
      },
      setStateValidationParameter: async () => undefined,
      setPrivateDataValidationParameter: async () => undefined,
    } as unknown as WritingStub;
  }
}

/** One party's signature over an act. */
export async function signAct(
  wallet: Wallet,
  message: Record<string, unknown>,
  terms: { readonly nonce: string; readonly deadline: number },
  genesis = GENESIS,
): Promise<PartySignature> {
  const signature = await wallet.signTypedData(signingDomain(genesis), ACT_TYPES, message);
  return { address: wallet.address, signature, ...terms };
}

function json(bytes: Uint8Array): Json {
  return parseCanonicalJson(bytes);
}
