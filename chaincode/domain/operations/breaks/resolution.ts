import { Rejection } from '../../errors';
import type { Input } from '../../input';
import { parseMinor } from '../../money';
import { person, step, TEXT, type Scene } from './break-step';
import { RESOLUTION_TYPES, type AgreedAdjustment, type Resolution } from './types';

/** Adjustments one break may come to, when it is opened again and again. */
const MOST_ADJUSTMENTS = 20;

type Proposal = Omit<Resolution, 'by' | 'on'>;

/** Reads a proposal. @throws Rejection REQUEST_INVALID, AMOUNT_INVALID. */
function parseProposal(input: Input): Proposal {
  const type = input.oneOf('type', RESOLUTION_TYPES);
  const proposal = {
    type,
    reason: input.text('reason', TEXT),
    amountMinor: input.has('amountMinor')
      ? String(input.with('amountMinor', parseMinor))
      : input.optionalText('amountMinor'),
    evidence: input.list('evidence', { min: 0, max: 16 }, (item, field) => {
      // A document is what its digest says; an address alone proves nothing.
      if (typeof item !== 'string' || !/^[0-9a-f]{64}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
      return item;
    }),
  };
  if (type !== 'adjust') {
    if (input.has('debtor')) throw new Rejection('REQUEST_INVALID', { field: '/input/debtor' });
    input.optionalText('debtor');
    return proposal;
  }
  if (proposal.amountMinor === null) throw new Rejection('REQUEST_INVALID', { field: '/input/amountMinor' });
  return { ...proposal, debtor: input.mspId('debtor') };
}

/** Either member proposes how it is resolved; the other one answers. */
export const proposeResolution = step({
  operation: 'proposeResolution',
  from: ['open', 'assigned', 'escalated', 'disputed'],
  to: 'proposed',
  creator: 'eitherMember',
  parse: parseProposal,
  next({ member, other, date }, input) {
    if (input.debtor !== undefined && ![member, other].includes(input.debtor)) {
      throw new Rejection('MEMBER_UNKNOWN', { field: '/input/debtor' });
    }
    const proposal: Resolution = { ...input, by: member, on: date };
    return { status: 'proposed', ball: other, handling: { proposal } };
  },
});

/** The other member agrees; an adjustment is owed from then on. */
export const agreeResolution = step({
  operation: 'agreeResolution',
  from: ['proposed'],
  to: 'agreed',
  creator: 'otherMember',
  parse: () => ({}),
  next(scene) {
    const { content, member, other } = scene;
    if (content.handling.proposal?.by === member) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: member });
    return { status: 'agreed', ball: other, handling: withAdjustment(scene) };
  },
});

/** @throws Rejection REQUEST_TOO_LARGE. */
function withAdjustment({ content, date }: Scene): { readonly adjustments?: readonly AgreedAdjustment[] } {
  const { proposal, adjustments = [] } = content.handling;
  if (proposal?.debtor === undefined || proposal.amountMinor === null) return {};
  if (adjustments.length >= MOST_ADJUSTMENTS) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/break', limit: String(MOST_ADJUSTMENTS) });
  }
  const { debtor, amountMinor } = proposal;
  return { adjustments: [...adjustments, { debtor, amountMinor, on: date }] };
}

/** The other member declines, says why, and the ball goes back. */
export const declineResolution = step({
  operation: 'declineResolution',
  from: ['proposed'],
  to: 'assigned',
  creator: 'otherMember',
  parse: (input) => ({ user: person(input), text: input.text('text', TEXT) }),
  next({ content, member, other }, comment) {
    if (content.handling.proposal?.by === member) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: member });
    return { status: 'assigned', ball: other, comment, handling: { proposal: null } };
  },
});
