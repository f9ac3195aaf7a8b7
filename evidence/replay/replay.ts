import { common } from '@hyperledger/fabric-protos';
import { nextCommitHash } from '../../network/protocol/block';
import type { ChannelConfig } from '../../network/protocol/channel-config';
import { validIdentities } from '../../network/protocol/policy';
import type { Version } from '../../network/protocol/read-write-set';
import { computeTransactionId, creatorSignature, proposalHash } from '../../network/protocol/transaction';
import { updateBytes } from '../../network/protocol/update-bytes';
import { VALIDATION_CODES as Code, validationCodeName } from '../../network/protocol/validation-code';
import type { ChainView } from '../chain-view';
import type { LoadedBlock } from '../loaded-block';
import { ensure, type ReportBuilder } from '../report';
import type { TransactionView } from '../transaction-view';
import { definitionOf } from './definitions';
import { judgeEndorsements, type ChangedPolicies } from './endorsement-judge';
import { BlockChanges, hashedNamespace, keyOfBytes, keyOfText, ReplayedState, type Change } from './replayed-state';

interface Expiry {
  readonly namespace: string;
  readonly key: string;
  readonly committed: number;
}

/**
 * Judges every transaction of a whole chain anew and compares with what the peer recorded, codes and commit hashes.
 *
 * Whoever has every block needs nobody's word for the codes: they follow from the blocks. Only what a range query saw
 * is taken from the record, and said to be.
 */
export class Replay {
  readonly #chain: ChainView;
  readonly #state = new ReplayedState();
  readonly #known = new Set<string>();
  readonly #expiries = new Map<number, Expiry[]>();
  #commitHash: Uint8Array = new Uint8Array();
  #judged = 0;
  #taken = 0;

  constructor(chain: ChainView) {
    this.#chain = chain;
  }

  /** @throws EvidenceError CODE_CONTRADICTS_RULES, COMMIT_HASH_DIFFERS. */
  run(report: ReportBuilder): void {
    for (const block of this.#chain.blocks) {
      if (block.number > 0) this.#replay(block);
    }
    if (this.#taken > 0) {
      report.leaveOpen(
        `What range queries of ${this.#taken} transactions saw. / ${this.#taken} 笔交易的范围查询结果未重新判定。`,
      );
    }
    report.note('CODES_REJUDGED', `${this.#judged} transactions in ${this.#chain.blocks.length - 1} blocks`);
  }

  #replay(block: LoadedBlock): void {
    const { config } = this.#chain.configBefore(block.number);
    const { codes, number, envelopes } = block;
    ensure(codes.length === envelopes.length, 'CODE_CONTRADICTS_RULES', `block ${number}`);
    const byPosition = new Map(block.transactions().map((view) => [view.place.position, view]));
    const changed: ChangedPolicies = new Set();
    const changes = new BlockChanges(this.#state);
    const first = envelopes.map((_, position) => this.#judgeForm(byPosition.get(position), config, changed));
    first.forEach((code, position) => {
      const view = byPosition.get(position);
      const recorded = codes[position] as number;
      const judged = code === Code.VALID && view !== undefined ? judgeReads(view, changes) : code;
      const fits = judged === recorded || this.#isTaken(judged, recorded, view);
      ensure(fits, 'CODE_CONTRADICTS_RULES', `block ${number} transaction ${position} ${validationCodeName(recorded)}`);
      this.#judged++;
      if (recorded === Code.VALID && view !== undefined && view.envelope.type !== common.HeaderType.CONFIG) {
        changes.add(view.sets, { blockNumber: number, txNumber: position });
      }
      if (view !== undefined) this.#known.add(view.id);
    });
    this.#commitHash = nextCommitHash(this.#commitHash, codes, updateBytes(changes.changes));
    ensure(Buffer.from(block.commitHash()).equals(this.#commitHash), 'COMMIT_HASH_DIFFERS', `block ${number}`);
    this.#removeExpired(number, changes);
    this.#state.apply(changes.changes);
  }

  /** Everything but the reads. */
  #judgeForm(view: TransactionView | undefined, config: ChannelConfig, changed: ChangedPolicies): number {
    if (view === undefined) return Code.BAD_PAYLOAD;
    const { envelope } = view;
    const [creator] = validIdentities([creatorSignature(envelope)], config.msps);
    if (creator === undefined || !isValid(config, creator)) return Code.BAD_CREATOR_SIGNATURE;
    if (envelope.type === common.HeaderType.CONFIG) return Code.VALID;
    if (computeTransactionId(envelope.nonce, envelope.creator) !== view.id) return Code.BAD_PROPOSAL_TXID;
    try {
      if (!proposalHash(view.bytes).equals(view.action.proposalHash)) return Code.INVALID_ENDORSER_TRANSACTION;
    } catch {
      return Code.INVALID_ENDORSER_TRANSACTION;
    }
    if (this.#known.has(view.id)) return Code.DUPLICATE_TXID;
    return judgeEndorsements(view, config, this.#state, changed);
  }

  #isTaken(judged: number, recorded: number, view: TransactionView | undefined): boolean {
    const ranges = view?.sets.some(({ rangeQueries }) => rangeQueries > 0) ?? false;
    if (judged !== Code.VALID || recorded !== Code.PHANTOM_READ_CONFLICT || !ranges) return false;
    this.#taken++;
    return true;
  }

  /**
   * Hashed keys of short-lived collections go when their time has come, outside the commit hash.
   *
   * @see fabric core/ledger/pvtdatapolicy/btlpolicy.go
   */
  #removeExpired(number: number, changes: BlockChanges): void {
    for (const [namespace, entries] of changes.changes) {
      const [chaincode, collection] = namespace.split('$$h');
      const { blockToLive = 0 } = definitionOf(this.#state, chaincode ?? '')?.collections.get(collection ?? '') ?? {};
      if (blockToLive === 0) continue;
      const due = number + blockToLive + 1;
      const list = this.#expiries.get(due) ?? [];
      this.#expiries.set(due, list);
      for (const [key, { value }] of entries) if (value !== null) list.push({ namespace, key, committed: number });
    }
    for (const { namespace, key, committed } of this.#expiries.get(number) ?? []) {
      const held = changes.get(namespace, key);
      if (changes.isChanged(namespace, key) || held?.version.blockNumber !== committed) continue;
      changes.put(namespace, key, { value: null, policy: undefined, version: { blockNumber: number, txNumber: 0 } });
    }
  }
}

function isValid(config: ChannelConfig, identity: Parameters<ChannelConfig['msps']['validate']>[0]): boolean {
  try {
    config.msps.validate(identity);
    return true;
  } catch {
    return false;
  }
}

/** Whether everything a transaction read is still as it was. @see fabric core/ledger/kvledger/txmgmt/validation */
function judgeReads({ sets }: TransactionView, changes: BlockChanges): number {
  for (const { namespace, reads, collections } of sets) {
    if (!reads.every(({ key, version }) => isCurrent(changes, namespace, keyOfText(key), version)))
      return Code.MVCC_READ_CONFLICT;
    for (const set of collections) {
      const hashed = hashedNamespace(namespace, set.collection);
      if (!set.reads.every(({ keyHash, version }) => isCurrent(changes, hashed, keyOfBytes(keyHash), version)))
        return Code.MVCC_READ_CONFLICT;
    }
  }
  return Code.VALID;
}

function isCurrent(changes: BlockChanges, namespace: string, key: string, version: Version | null): boolean {
  if (changes.isChanged(namespace, key)) return false;
  const held: Change['version'] | undefined = changes.get(namespace, key)?.version;
  if (version === null || held === undefined) return version === null && held === undefined;
  return BigInt(held.blockNumber) === version.blockNumber && held.txNumber === version.txNumber;
}
