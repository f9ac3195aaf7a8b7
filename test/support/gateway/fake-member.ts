import type { Operation } from '../../../chaincode/domain/operation';
import { Indexer } from '../../../gateway/index/indexer';
import { SqlRecordIndex } from '../../../gateway/index/sql-record-index';
import type { Store } from '../../../gateway/database/store';
import type { LedgerPort } from '../../../gateway/ports/ledger-port';
import { OperationService } from '../../../gateway/services/operation-service';
import { Previewer, type RegistryReader } from '../../../gateway/services/preview';
import type { FakeNetwork } from './fake-network';
import { temporaryStore } from './temporary-database';

/** A member's gateway core over the network in memory. */
export interface FakeMember {
  readonly ledger: LedgerPort;
  readonly index: SqlRecordIndex;
  readonly indexer: Indexer;
  readonly registry: RegistryReader;
  readonly previewer: Previewer;
  readonly operations: OperationService;
}

/** A member whose index follows the network. */
export async function aMember(
  network: FakeNetwork,
  mspId: string,
  operations: ReadonlyMap<string, Operation<unknown>>,
  store: Store = temporaryStore(),
): Promise<FakeMember> {
  const ledger = network.ledger(mspId);
  const index = await SqlRecordIndex.open(store, mspId);
  const indexer = new Indexer({ ledger, index, firstPauseMs: 1 });
  const registry: RegistryReader = {
    lookUp: async () => ({
      network: network.description,
      bindings: network.bindings,
      claims: new Map(),
      calendars: new Map(),
    }),
  };
  const previewer = new Previewer({ channel: 'trade', mspId, certificate: '', index, registry, operations });
  const service = new OperationService({ ledger, index, previewer, pause: async () => undefined });
  indexer.start();
  return { ledger, index, indexer, registry, previewer, operations: service };
}
