import { common, ledger } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { LedgerStore } from './block-store/ledger-store';
import { parseTransaction } from './committer/parsed-transaction';
import type { EndorserLedger } from './endorser/endorser';
import type { HistorySource } from './endorser/contract-caller';
import type { QueryRows } from './endorser/query-response';
import { TransactionSimulator } from './endorser/transaction-simulator';
import type { PrivateStore } from './private-data/private-store';
import { toStateKey } from './world-state/state-key';
import type { Version } from './world-state/state';

/** One member's view of the ledger: the common blocks and state, and its own private data. */
export class MemberLedger implements EndorserLedger, HistorySource {
  readonly #store: LedgerStore;
  readonly #private: PrivateStore;
  readonly #organisations: readonly string[];

  constructor(store: LedgerStore, privateStore: PrivateStore, organisations: readonly string[]) {
    this.#store = store;
    this.#private = privateStore;
    this.#organisations = organisations;
  }

  get height(): number {
    return this.#store.blocks.height;
  }

  hasTransaction(txId: string): boolean {
    return this.#store.blocks.locate(txId) !== undefined;
  }

  newSimulator(txId: string): TransactionSimulator {
    return new TransactionSimulator({
      txId,
      state: this.#store.state.snapshot(),
      privateState: this.#private.state.snapshot(),
      organisations: this.#organisations,
    });
  }

  /** A key's changes, newest first; each value is read from its block. */
  history(namespace: string, key: string): QueryRows {
    const stateKey = toStateKey(key);
    let position: Version | undefined = { blockNumber: this.height, txNumber: 0 };
    return {
      next: () => {
        position = position && this.#store.history.before(namespace, stateKey, position);
        return position && this.#modification(namespace, key, position);
      },
      bookmark: () => '',
    };
  }

  #modification(namespace: string, key: string, { blockNumber, txNumber }: Version): Uint8Array {
    const block = common.Block.deserializeBinary(this.#store.blocks.get(blockNumber) ?? new Uint8Array(0));
    const envelope = block.getData()?.getDataList_asU8()[txNumber] ?? new Uint8Array(0);
    const { txId, payload, action } = parseTransaction(envelope);
    const set = action?.readWriteSet.find((candidate) => candidate.namespace === namespace);
    const write = set?.writes.find((candidate) => candidate.key === toStateKey(key));
    const row = new ledger.queryresult.KeyModification();
    row.setTxId(txId);
    row.setValue(write?.value ?? new Uint8Array(0));
    row.setIsDelete(write?.isDelete ?? false);
    row.setTimestamp(timestampOf(payload));
    return row.serializeBinary();
  }
}

function timestampOf(payload: Uint8Array): Timestamp {
  const header = common.Payload.deserializeBinary(payload).getHeader();
  const channel = common.ChannelHeader.deserializeBinary(header?.getChannelHeader_asU8() ?? new Uint8Array(0));
  return channel.getTimestamp() ?? new Timestamp();
}
