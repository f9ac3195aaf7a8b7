import type { Network } from '@hyperledger/fabric-gateway';
import { ledgerError, type BlockWithPrivateData } from '../../ports/ledger-port';
import { toBlock } from '../delivered-block';

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
