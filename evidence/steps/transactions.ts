import { parseCanonicalJson } from '../../chaincode/domain/canonical-json';
import type { BusinessDay } from '../../chaincode/domain/business-day';
import { sha256Hex } from '../../chaincode/domain/hash';
import { isJsonObject } from '../../chaincode/domain/json';
import type { KeyBinding } from '../../chaincode/domain/registry';
import type { ChainView } from '../chain-view';
import type { EvidencePackage } from '../package-format';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import { checkEnvelope, endorsingMembers, endorsingPeers } from '../signers';
import type { TransactionView } from '../transaction-view';

/** Names both chaincodes are deployed under. */
export const RECORDS = 'records',
  REGISTRY = 'registry';

/** A public value another transaction read, with the transaction that wrote it. */
export interface Dependency<T> {
  readonly key: string;
  readonly value: T;
  readonly transaction: TransactionView;
}

/** The transactions a package rests on, checked. */
export class CheckedTransactions {
  /** Transaction id → MSP id of its creator. */
  readonly creators = new Map<string, string>();
  /** Transactions that wrote a version of a record, by id. */
  readonly writers = new Map<string, TransactionView>();
  readonly #bindings = new Map<string, Dependency<KeyBinding>>();
  readonly #days = new Map<string, Dependency<BusinessDay>>();
  readonly #chain: ChainView;

  constructor(chain: ChainView) {
    this.#chain = chain;
  }

  /** Everything the writers read from the registry and of business dates, as far as the package shows it. */
  get dependencies(): readonly Dependency<unknown>[] {
    return [...this.#bindings.values(), ...this.#days.values()];
  }

  /** Key bindings a transaction read; it cannot have committed unless they stood exactly so. */
  bindingsReadBy(transaction: TransactionView): Dependency<KeyBinding>[] {
    return readBy(transaction, REGISTRY, this.#bindings);
  }

  /** Open business dates a transaction read. */
  daysReadBy(transaction: TransactionView): Dependency<BusinessDay>[] {
    return readBy(transaction, RECORDS, this.#days);
  }

  /** @throws EvidenceError of the step `transactions`. */
  addWriter(id: string, participants: readonly string[]): void {
    const transaction = this.#chain.transaction(id);
    if (transaction === undefined) throw new EvidenceError('TRANSACTION_MISSING', id);
    if (!this.writers.has(id)) {
      this.#checkForm(transaction, RECORDS);
      this.writers.set(id, transaction);
    }
    this.#checkMembers(transaction, participants);
    for (const read of transaction.reads(REGISTRY)) {
      if (read.key.startsWith('k/')) this.#addBinding(transaction, read.key);
    }
    for (const read of transaction.reads(RECORDS)) {
      if (read.key.startsWith('d/')) this.#addDay(transaction, read.key);
    }
  }

  /** Participants change only with a majority of the members. @throws EvidenceError ENDORSEMENT_MISSING. */
  requireMajority(id: string): void {
    const transaction = this.writers.get(id) as TransactionView;
    const { config } = this.#chain.configBefore(transaction.place.block);
    const peers = endorsingPeers(config, transaction.action.endorsements);
    ensure(config.identityPolicy('/Channel/Application/Endorsement')(peers), 'ENDORSEMENT_MISSING', transaction.name);
  }

  /** A registry transaction is endorsed as the channel asks of `registry`: by a majority of members' peers. */
  #addBinding(reader: TransactionView, key: string): void {
    const writer = this.#writerOf(reader, REGISTRY, key);
    if (writer === undefined || this.#bindings.has(dependencyKey(writer, key))) return;
    this.#checkForm(writer, REGISTRY);
    const { config } = this.#chain.configBefore(writer.place.block);
    const peers = endorsingPeers(config, writer.action.endorsements);
    const agreed = config.identityPolicy('/Channel/Application/Endorsement')(peers);
    ensure(agreed, 'ENDORSEMENT_MISSING', writer.name);
    const value = readValue<KeyBinding>(writer, REGISTRY, key);
    this.#bindings.set(dependencyKey(writer, key), { key, value, transaction: writer });
  }

  /** A business date counts when both members hold the same bytes, which only their own peers can have endorsed. */
  #addDay(reader: TransactionView, key: string): void {
    const writer = this.#writerOf(reader, RECORDS, key);
    if (writer === undefined || this.#days.has(dependencyKey(writer, key))) return;
    this.#checkForm(writer, RECORDS);
    const value = readValue<BusinessDay>(writer, RECORDS, key);
    ensure(Array.isArray(value.members) && value.members.length === 2, 'TRANSACTION_MALFORMED', writer.name);
    const hash = sha256Hex(writer.written(RECORDS, key) as Uint8Array);
    for (const mspId of value.members) {
      const held = writer.hashWritten(RECORDS, `_implicit_org_${mspId}`, sha256Hex(key));
      ensure(held === hash, 'ENDORSEMENT_MISSING', `${writer.name} ${mspId}`);
    }
    this.#checkMembers(writer, value.members);
    this.#days.set(dependencyKey(writer, key), { key, value, transaction: writer });
  }

  /** The transaction that wrote what another read, if its block is shown. */
  #writerOf(reader: TransactionView, namespace: string, key: string): TransactionView | undefined {
    const version = reader.reads(namespace).find((read) => read.key === key)?.version;
    if (version === null || version === undefined) return undefined;
    return this.#chain.at({ block: Number(version.blockNumber), position: version.txNumber });
  }

  #checkForm(transaction: TransactionView, chaincode: string): void {
    const { config } = this.#chain.configBefore(transaction.place.block);
    const action = actionOf(transaction);
    ensure(action.chaincode === chaincode && action.response.status === 200, 'TRANSACTION_MALFORMED', transaction.name);
    const creator = checkEnvelope(config, transaction.envelope, action, transaction.bytes, transaction.name);
    this.creators.set(transaction.id, creator.mspId);
  }

  /** All of these members' peers endorsed: the key-level policy of a record, and the owner of each collection. */
  #checkMembers(transaction: TransactionView, members: readonly string[]): void {
    const { config } = this.#chain.configBefore(transaction.place.block);
    const endorsers = endorsingMembers(config, transaction.action);
    for (const mspId of members) ensure(endorsers.has(mspId), 'ENDORSEMENT_MISSING', `${transaction.name} ${mspId}`);
  }
}

/** Step `transactions`: the transactions that wrote the versions, and those whose values they rest on. */
export function checkTransactions(
  chain: ChainView,
  { records }: Pick<EvidencePackage, 'records'>,
  report: ReportBuilder,
): CheckedTransactions {
  const checked = new CheckedTransactions(chain);
  for (const { versions } of records) {
    versions.forEach(({ document, transactionId }, at) => {
      checked.addWriter(transactionId, document.participants);
      const before = versions[at - 1]?.document.participants ?? document.participants;
      if (before.join() !== document.participants.join()) checked.requireMajority(transactionId);
    });
  }
  const { size } = checked.writers;
  report.note('TRANSACTIONS_ENDORSED', `${size} transactions and ${checked.dependencies.length} they rest on`);
  return checked;
}

function actionOf(transaction: TransactionView): TransactionView['action'] {
  try {
    void transaction.sets;
    return transaction.action;
  } catch {
    throw new EvidenceError('TRANSACTION_MALFORMED', transaction.name);
  }
}

function readValue<T extends object>(writer: TransactionView, namespace: string, key: string): T {
  const bytes = writer.written(namespace, key);
  const value = bytes === undefined ? undefined : parseCanonicalJson(bytes);
  if (!isJsonObject(value)) throw new EvidenceError('TRANSACTION_MALFORMED', writer.name);
  return value as unknown as T;
}

function dependencyKey({ place }: TransactionView, key: string): string {
  return `${place.block}/${place.position}/${key}`;
}

function readBy<T>(
  reader: TransactionView,
  namespace: string,
  known: ReadonlyMap<string, Dependency<T>>,
): Dependency<T>[] {
  return reader.reads(namespace).flatMap(({ key, version }) => {
    if (version === null) return [];
    const found = known.get(`${version.blockNumber}/${version.txNumber}/${key}`);
    return found === undefined ? [] : [found];
  });
}
