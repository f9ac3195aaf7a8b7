import { peer } from '@hyperledger/fabric-protos';
import { protos } from 'fabric-protos';
import { ledgerError, type BlockWithPrivateData } from '../../ports/ledger-port';
import { toBlock } from '../delivered-block';
import type { LegacyConnection } from './connection';
import { openDeliver } from './deliver';

/**
 * Blocks with private writes from a number on, until the signal aborts; the reader starts it anew after a break.
 *
 * @throws LedgerError unavailable when the stream ends or breaks.
 */
export async function* legacyBlocks(
  connection: LegacyConnection,
  from: bigint,
  signal: AbortSignal,
): AsyncIterable<BlockWithPrivateData> {
  if (signal.aborted) return;
  const { responses, close } = await openDeliver(connection, 'private', from).catch((): never => {
    throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  });
  signal.addEventListener('abort', close);
  try {
    for await (const { block_and_private_data: delivered } of responses) {
      if (signal.aborted) return;
      if (!delivered) break; // a status: the stream has ended
      yield toBlock(peer.BlockAndPrivateData.deserializeBinary(protos.BlockAndPrivateData.encode(delivered).finish()));
    }
  } catch {
    // told below, unless the reader wanted the end
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
  if (!signal.aborted) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
}
