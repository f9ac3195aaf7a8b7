import type { Channel } from '../channel';
import { implicitOwner } from '../world-state/chaincode-definitions';
import type { TransactionParameters } from './contract-caller';
import type { CollectionPermission } from './contract-requests';

const EVERYBODY: CollectionPermission = { read: true, write: true };

/**
 * What the proposal's creator may do with a collection.
 *
 * An implicit collection restricts nobody here: it restricts whose endorsement counts.
 *
 * @throws Error naming the collection when it is not defined.
 * @see fabric core/common/privdata/store.go RetrieveReadWritePermission
 */
export function permissionOf(
  channel: Channel,
  { proposal, simulator }: TransactionParameters,
  chaincode: string,
  name: string,
): CollectionPermission {
  const definition = simulator.definition(chaincode);
  if (implicitOwner(name) !== undefined && definition) return EVERYBODY;
  const collection = definition?.collections.find((candidate) => candidate.name === name);
  if (!collection) throw new Error(`collection ${channel.id}/${chaincode}/${name} could not be found`);
  const { memberOnlyRead, memberOnlyWrite, memberPolicy } = collection;
  if (!memberOnlyRead && !memberOnlyWrite) return EVERYBODY;
  if (channel.isMember(memberPolicy, proposal.creator)) return EVERYBODY;
  return { read: !memberOnlyRead, write: !memberOnlyWrite };
}
