import { status } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import { common, gateway, orderer } from '@hyperledger/fabric-protos';
import { Code, parseTransaction } from '../committer/parsed-transaction';
import type { BlockFeed } from './block-feed';
import type { GatewayService } from './gateway-service';
import { RpcError } from './rpc-error';

interface BlockEvents {
  readonly number: number;
  readonly events: readonly peer.ChaincodeEvent[];
}

const CACHED_BLOCKS = 100;

/**
 * Chaincode events of valid transactions, block by block from a position on.
 *
 * @see fabric internal/pkg/gateway/chaincodeevents.go
 */
export class ChaincodeEvents {
  readonly #feed: BlockFeed;
  readonly #locate: (txId: string) => { blockNumber: number } | undefined;
  readonly #recent = new Map<number, BlockEvents>();

  constructor(feed: BlockFeed, locate: (txId: string) => { blockNumber: number } | undefined) {
    this.#feed = feed;
    this.#locate = locate;
  }

  /** Sends matching events until the caller goes away. @throws RpcError INVALID_ARGUMENT, PERMISSION_DENIED. */
  async stream(
    signed: gateway.SignedChaincodeEventsRequest,
    caller: Pick<GatewayService, 'checkReader'>,
    out: { send(response: gateway.ChaincodeEventsResponse): Promise<void>; cancelled: AbortSignal },
  ): Promise<never> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a chaincode events request is required');
    const request = parseRequest(bytes);
    const identity = request.getIdentity_asU8();
    caller.checkReader(request.getChannelId(), { identity, message: bytes, signature: signed.getSignature_asU8() });
    const isMatch = matcher(request);
    for (let number = this.#start(request); ; number++) {
      const { events } = this.#eventsOf(number, await this.#feed.next(number, out.cancelled));
      const matching = events.filter(isMatch);
      if (matching.length === 0) continue;
      const response = new gateway.ChaincodeEventsResponse();
      response.setBlockNumber(number);
      response.setEventsList(matching);
      await out.send(response);
    }
  }

  #start(request: gateway.ChaincodeEventsRequest): number {
    const after = request.getAfterTransactionId();
    const located = after === '' ? undefined : this.#locate(after);
    if (located) return located.blockNumber;
    const position = request.getStartPosition();
    const kinds = orderer.SeekPosition.TypeCase;
    switch (position?.getTypeCase() ?? kinds.TYPE_NOT_SET) {
      case kinds.SPECIFIED:
        return position?.getSpecified()?.getNumber() ?? 0;
      case kinds.TYPE_NOT_SET:
      case kinds.NEXT_COMMIT:
        return this.#feed.height;
      default:
        throw new RpcError(status.INVALID_ARGUMENT, 'invalid start position type');
    }
  }

  #eventsOf(number: number, bytes: Uint8Array): BlockEvents {
    const known = this.#recent.get(number);
    if (known) return known;
    const parsed = { number, events: readEvents(bytes) };
    this.#recent.set(number, parsed);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > CACHED_BLOCKS && oldest !== undefined) this.#recent.delete(oldest);
    return parsed;
  }
}

function parseRequest(bytes: Uint8Array): gateway.ChaincodeEventsRequest {
  try {
    return gateway.ChaincodeEventsRequest.deserializeBinary(bytes);
  } catch (error) {
    throw new RpcError(status.INVALID_ARGUMENT, `invalid chaincode events request: ${(error as Error).message}`);
  }
}

/** Events of the chaincode; after a given transaction if one is named. */
function matcher(request: gateway.ChaincodeEventsRequest): (event: peer.ChaincodeEvent) => boolean {
  const chaincode = request.getChaincodeId();
  const after = request.getAfterTransactionId();
  let passed = after === '';
  return (event) => {
    if (passed) return event.getChaincodeId() === chaincode;
    passed = event.getTxId() === after;
    return false;
  };
}

function readEvents(bytes: Uint8Array): peer.ChaincodeEvent[] {
  const block = common.Block.deserializeBinary(bytes);
  const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  return (block.getData()?.getDataList_asU8() ?? []).flatMap((envelope, index) => {
    if (codes?.[index] !== Code.VALID) return [];
    const event = parseTransaction(envelope).action?.event;
    return event ? [event] : [];
  });
}
