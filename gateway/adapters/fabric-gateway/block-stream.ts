import { ledger, type peer } from '@hyperledger/fabric-protos';
import type { Network } from '@hyperledger/fabric-gateway';
import { ledgerError, type BlockWithPrivateData, type PrivateWrite } from '../../ports/ledger-port';

/**
 * Blocks with the private writes the own peer holds, from a number on, until the signal aborts.
 *
 * The stream never reconnects by itself: whoever reads it starts it anew from where it stands.
 * @throws LedgerError unavailable when the stream ends or breaks.
 * @see fabric core/peer/deliverevents.go DeliverWithPrivateData
 */
export async function* blockStream(
  network: Network,
  from: bigint,
  signal: AbortSignal,
): AsyncIterable<BlockWithPrivateData> {
  if (signal.aborted) return;
  const stream = await network.getBlockAndPrivateDataEvents({ startBlock: from }).catch(() => {
    throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  });
  const close = (): void => stream.close();
  signal.addEventListener('abort', close);
  try {
    for await (const event of stream) {
      if (signal.aborted) return;
      yield toBlock(event);
    }
  } catch (error) {
    if (!signal.aborted) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  } finally {
    signal.removeEventListener('abort', close);
    stream.close();
  }
  if (!signal.aborted) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
}

function toBlock(event: peer.BlockAndPrivateData): BlockWithPrivateData {
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
