import { randomBytes } from 'node:crypto';
import { type common, peer } from '@hyperledger/fabric-protos';
import { Rejection } from '../../../chaincode/domain/errors';
import { newContext } from '../../../chaincode/domain/context';
import { execute, type WriteSet } from '../../../chaincode/domain/execute';
import type { Json } from '../../../chaincode/domain/json';
import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Operation } from '../../../chaincode/domain/operation';
import { commitmentOf, openGroups, type Skeleton } from '../../../chaincode/domain/record';
import type { KeyBinding, NetworkDescription } from '../../../chaincode/domain/registry';
import { parseRequest } from '../../../chaincode/domain/request';
import type { BusinessDay } from '../../../chaincode/domain/business-day';
import type { NoticeHead } from '../../../chaincode/domain/notice-head';
import {
  LedgerError,
  ledgerError,
  type BlockWithPrivateData,
  type CommittedTransaction,
  type EvaluateRequest,
  type LedgerPort,
  type SubmitRequest,
} from '../../../gateway/ports/ledger-port';
import { aBlock, builtWrites, delivered, hashOf, type BuiltTransaction } from './block-builder';

/** What the next submissions shall end in, instead of a commit. */
type Fault = 'MVCC_READ_CONFLICT' | 'unknown' | 'unavailable' | 'RECORD_STALE';

/** A network in memory that runs the pure rules for each submission and cuts a block for it. */
export class FakeNetwork {
  readonly blocks: { readonly block: common.Block; readonly transactions: readonly BuiltTransaction[] }[] = [];
  readonly state = new Map<string, Uint8Array>();
  readonly bindings = new Map<string, KeyBinding>();
  /** Member → the private requests its peer has been shown. */
  readonly shown = new Map<string, string[]>();
  readonly faults: Fault[] = [];
  readonly description: NetworkDescription;
  /** Runs before a submission is executed: the place for another member to be faster. */
  beforeSubmit: (() => Promise<void>) | undefined;
  readonly #operations: ReadonlyMap<string, Operation<unknown>>;
  readonly #listeners = new Set<() => void>();

  constructor(operations: ReadonlyMap<string, Operation<unknown>>) {
    this.#operations = operations;
    this.append([{ transactionId: 'config', writes: [] }]);
    const genesis = this.blocks[0]!.block;
    this.description = {
      channel: 'trade',
      genesisHash: Buffer.from(hashOf(genesis)).toString('hex'),
      members: [],
      fingerprintKeyHash: '',
    };
  }

  append(transactions: readonly BuiltTransaction[]): bigint {
    const last = this.blocks.at(-1);
    const block = aBlock(this.blocks.length, last ? hashOf(last.block) : new Uint8Array(), transactions);
    this.blocks.push({ block, transactions });
    for (const { code, writes } of transactions) {
      if ((code ?? 0) === 0) for (const { key, value } of writes) if (value) this.state.set(key, value);
    }
    for (const listener of this.#listeners) listener();
    return BigInt(this.blocks.length - 1);
  }

  ledger(mspId: string): LedgerPort {
    return new FakeLedger(this, mspId);
  }

  /** Executes, checks who was asked, and orders. */
  async submit(mspId: string, { transient, endorsers }: SubmitRequest): Promise<CommittedTransaction> {
    const hook = this.beforeSubmit;
    this.beforeSubmit = undefined;
    await hook?.();
    const bytes = transient?.['request'] as Uint8Array;
    for (const endorser of endorsers ?? []) {
      this.shown.set(endorser, [...(this.shown.get(endorser) ?? []), Buffer.from(bytes).toString()]);
    }
    const transactionId = randomBytes(32).toString('hex');
    const fault = this.faults.shift();
    if (fault === 'unavailable') throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
    if (fault === 'unknown') throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, transactionId);
    if (fault === 'RECORD_STALE') throw new LedgerError('rejected', fault, 'stale');
    const set = this.#execute(mspId, transactionId, bytes);
    for (const member of set.writes.flatMap(({ privates }) => Object.keys(privates))) {
      if (!endorsers?.includes(member)) throw ledgerError('rejected', 'ENDORSEMENT_FAILED', { members: member });
    }
    const code = fault === undefined ? peer.TxValidationCode.VALID : peer.TxValidationCode[fault];
    const blockNumber = this.append([{ transactionId, creatorMspId: mspId, writes: builtWrites(set), code }]);
    if (fault !== undefined) throw new LedgerError('conflict', fault, 'conflict', {}, transactionId);
    return { transactionId, blockNumber, result: Buffer.from(canonicalJson(set.response as unknown as Json)) };
  }

  onBlock(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #execute(mspId: string, transactionId: string, bytes: Uint8Array): WriteSet {
    try {
      const request = parseRequest(bytes);
      const operation = this.#operations.get(request.operation) as Operation<unknown>;
      const records = request.records.map(({ document, groups }) => {
        const skeleton = this.#json<Skeleton>(`r/${document.id}`);
        if (skeleton?.commitment !== commitmentOf(document))
          throw new Rejection('RECORD_STALE', { record: document.id });
        return [
          document.id,
          { document, commitment: skeleton.commitment, groups: openGroups(document, groups) },
        ] as const;
      });
      return execute(
        operation,
        request,
        newContext({
          channel: 'trade',
          chaincode: 'records',
          transactionId,
          creatorMspId: mspId,
          creatorCertificate: '',
          records: new Map(records),
          skeletons: new Map(),
          claims: new Map(),
          calendars: new Map(),
          network: this.description,
          bindings: this.bindings,
          businessDays: this.#all<BusinessDay>('d/'),
          noticeHeads: this.#all<NoticeHead>('n/'),
        }),
      );
    } catch (error) {
      if (error instanceof Rejection) throw new LedgerError('rejected', error.code, error.message, error.details);
      throw error;
    }
  }

  #json<T>(key: string): T | undefined {
    const value = this.state.get(key);
    return value && (JSON.parse(Buffer.from(value).toString()) as T);
  }

  #all<T>(prefix: string): Map<string, T> {
    return new Map(
      [...this.state.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => [key.slice(prefix.length), this.#json<T>(key) as T]),
    );
  }
}

class FakeLedger implements LedgerPort {
  readonly channel = 'trade';
  constructor(
    readonly network: FakeNetwork,
    readonly mspId: string,
  ) {}

  submit(request: SubmitRequest): Promise<CommittedTransaction> {
    return this.network.submit(this.mspId, request);
  }

  async evaluate(): Promise<Uint8Array> {
    throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  }

  async endorseOnly({ args, endorsers }: EvaluateRequest) {
    return {
      transactionId: 't',
      envelope: Buffer.from(`${String(args)} by ${String(endorsers)}`),
      result: Buffer.from('[]'),
    };
  }

  async *blocks(from: bigint, signal: AbortSignal): AsyncIterable<BlockWithPrivateData> {
    for (let next = Number(from); !signal.aborted;) {
      const at = this.network.blocks[next];
      if (at === undefined) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            off();
            signal.removeEventListener('abort', done);
            resolve();
          };
          const off = this.network.onBlock(done);
          signal.addEventListener('abort', done);
        });
        continue;
      }
      next++;
      yield delivered(at.block, at.transactions, this.mspId);
    }
  }

  async height(): Promise<bigint> {
    return BigInt(this.network.blocks.length);
  }

  async block(number: bigint): Promise<Uint8Array> {
    const at = this.network.blocks[Number(number)];
    if (at === undefined) throw ledgerError('rejected', 'BLOCK_NOT_FOUND');
    return at.block.serializeBinary();
  }

  async close(): Promise<void> {}
}
