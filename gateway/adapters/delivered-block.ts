import { ledger, type peer } from '@hyperledger/fabric-protos';
import { ledgerError, type BlockWithPrivateData, type PrivateWrite } from '../ports/ledger-port';

/** A delivered block with the private writes the peer holds. @throws LedgerError unavailable when it has no header. */
export function toBlock(event: peer.BlockAndPrivateData): BlockWithPrivateData {
  const block = event.getBlock();
  const header = block?.getHeader();
  if (!block || !header) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  const privateWrites = new Map<number, PrivateWrite[]>();
  event.getPrivateDataMapMap().forEach((set, position) => privateWrites.set(Number(position), toPrivateWrites(set)));
  return { number: BigInt(header.getNumber()), bytes: block.serializeBinary(), privateWrites };
}

function toPrivateWrites(set: ledger.rwset.TxPvtReadWriteSet): PrivateWrite[] {
  return set.getNsPvtRwsetList().flatMap((namespace) =>
    namespace.getCollectionPvtRwsetList().flatMap((collection) =>
      ledger.rwset.kvrwset.KVRWSet.deserializeBinary(collection.getRwset_asU8())
        .getWritesList()
        .map((write) => ({
          namespace: namespace.getNamespace(),
          collection: collection.getCollectionName(),
          key: write.getKey(),
          value: write.getIsDelete() ? null : write.getValue_asU8(),
        })),
    ),
  );
}
