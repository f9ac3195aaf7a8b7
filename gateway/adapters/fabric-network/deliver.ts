import type { Duplex } from 'node:stream';
import type { Eventer } from 'fabric-common';
import type { protos } from 'fabric-protos';
import { ledgerError } from '../../ports/ledger-port';
import type { LegacyConnection } from './connection';

export type BlockKind = 'filtered' | 'private';

/** An eventer whose stream is read here: the library's own reader turns blocks into objects that lose their bytes. */
interface OpenEventer extends Eventer {
  stream: Duplex & { cancel(): void };
  setStreamByType(kind: BlockKind): void;
}

/**
 * Opens a stream of blocks at the own peer, from a number on or from the newest.
 *
 * @throws LedgerError unavailable.
 */
export async function openDeliver(
  connection: LegacyConnection,
  kind: BlockKind,
  from: bigint | 'newest',
): Promise<{ responses: AsyncIterable<protos.IDeliverResponse>; close: () => void }> {
  const channel = await connection.channel();
  const service = channel.newEventService('blocks');
  const seek = service.build(await connection.newContext(), {
    blockType: kind,
    ...(from !== 'newest' && { startBlock: Number(from) }),
  });
  service.sign(await connection.sign(seek));
  const [peer] = await connection.peersOf([connection.mspId]);
  const eventer = channel.client.newEventer('blocks', connection.mspId) as OpenEventer;
  eventer.setEndpoint(peer!.endpoint);
  if (!(await eventer.checkConnection())) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
  eventer.setStreamByType(kind);
  const { stream } = eventer;
  stream.on('error', () => undefined); // whoever reads learns of it; nobody else has to
  stream.write(service.getSignedEnvelope());
  return { responses: stream as AsyncIterable<protos.IDeliverResponse>, close: () => eventer.disconnect() };
}
