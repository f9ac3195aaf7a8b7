import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import type { Despatch, Shipment } from '../../trade-types';
import { groupsOf, participantsOf, requireCreator, requireMember } from '../rules';
import { parseDespatch } from './despatch';

interface ShipmentInput {
  readonly order: string;
  readonly despatch: Despatch;
}

/**
 * Hands the carrier a record of its own: goods and quantities, the order by id and commitment, no price.
 *
 * The order's body is not part of the request, for the carrier's peer endorses it too. So the shipment is the platform's
 * proposal: it counts for the order only once `noteDelivery` finds it equal to a despatch that the seller signed.
 */
export const createShipment: Operation<ShipmentInput> = {
  authority: {
    operation: 'createShipment',
    record: 'shipment',
    from: [],
    to: 'despatched',
    creator: 'platform',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order'), despatch: parseDespatch(input) };
    input.end();
    return value;
  },
  reads: ({ order }) => ({ skeletons: [order], network: true }),
  apply(context, { order, despatch }): readonly Change[] {
    const { participants, commitment } = context.skeleton(order);
    requireCreator(context, ...participants);
    requireMember(context, context.creatorMspId, 'platform', '/creator');
    requireMember(context, despatch.carrier, 'logistics', '/input/carrier');
    const shipment: Shipment = {
      goods: { ...despatch, order, orderCommitment: commitment },
      events: { list: [], deliveredOn: null },
    };
    return [
      {
        kind: 'create',
        type: 'shipment',
        participants: participantsOf(...participants, despatch.carrier),
        status: 'despatched',
        groups: groupsOf(shipment),
      },
    ];
  },
};
