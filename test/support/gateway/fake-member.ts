import type { Operation } from '../../../chaincode/domain/operation';
import { Indexer } from '../../../gateway/index/indexer';
import { SqliteRecordIndex } from '../../../gateway/index/sqlite-record-index';
import type { LedgerPort } from '../../../gateway/ports/ledger-port';
import { OperationService } from '../../../gateway/services/operation-service';
import { Previewer, type RegistryReader } from '../../../gateway/services/preview';
import type { FakeNetwork } from './fake-network';
import { temporaryDatabase } from './temporary-database';

/** A member's gateway core over the network in memory. */
export interface FakeMember {
  readonly ledger: LedgerPort;
  readonly index: SqliteRecordIndex;
  readonly indexer: Indexer;
  readonly registry: RegistryReader;
  readonly previewer: Previewer;
  readonly operations: OperationService;
}

/** A member whose index follows the network. */
export function aMember(
  network: FakeNetwork,
  mspId: string,
  operations: ReadonlyMap<string, Operation<unknown>>,
): FakeMember {
  const ledger = network.ledger(mspId);
  const index = new SqliteRecordIndex(temporaryDatabase(), mspId);
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
