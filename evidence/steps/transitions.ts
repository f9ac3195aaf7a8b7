import { transitionsBetween, type Transition } from '../authority';
import { ensure, type ReportBuilder } from '../report';
import { textOf, type OpenRecord, type OpenVersion } from './content';
import { successionStep } from './successions';
import type { CheckedTransactions } from './transactions';

/** Where a record of any type says which member plays a role: group and field, the first that is there. */
const ROLE_FIELDS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  platform: [
    ['payment', 'platform'],
    ['roles', 'platform'],
  ],
  buyerBank: [
    ['payment', 'buyerBank'],
    ['roles', 'buyerBank'],
  ],
  carrier: [['goods', 'carrier']],
  giver: [
    ['notice', 'giver'],
    ['case', 'claimant'],
  ],
  neutral: [['case', 'neutral']],
  sender: [
    ['agreement', 'sender'],
    ['lane', 'sender'],
  ],
  receiver: [
    ['agreement', 'receiver'],
    ['lane', 'receiver'],
  ],
};

/** The transitions each step of each record may have been, by record id and place. */
export type Steps = ReadonlyMap<string, readonly (readonly Transition[])[]>;

/** Step `transitions`: no status follows another but by an operation, submitted by a member entitled to it. */
export function checkTransitions(
  records: readonly OpenRecord[],
  checked: CheckedTransactions,
  report: ReportBuilder,
): Steps {
  const steps = new Map(
    records.map(({ id, versions }) => [
      id,
      versions.map((version, at) => stepOf(version, versions[at - 1], checked.creators.get(version.transactionId))),
    ]),
  );
  report.note('TRANSITIONS_ALLOWED', `${[...steps.values()].flat().length} steps`);
  return steps;
}

function stepOf(
  version: OpenVersion,
  before: OpenVersion | undefined,
  creator: string | undefined,
): readonly Transition[] {
  const followed = successionStep(version, before, creator);
  if (followed !== undefined) return [followed];
  const { id, type, status, version: number } = version.document;
  const name = `record ${id} version ${number}`;
  const from = before?.document.status ?? null;
  const possible = transitionsBetween(type, from, status);
  ensure(possible.length > 0, 'TRANSITION_FORBIDDEN', `${name} ${from ?? 'new'} to ${status}`);
  const entitled = possible.filter((row) => creator !== undefined && mayTake(row.creator, version, before, creator));
  ensure(entitled.length > 0, 'CREATOR_NOT_ENTITLED', `${name} ${creator ?? ''}`);
  return entitled;
}

/** A role is read from the version acted upon; where its group was not disclosed, any participant may have played it. */
function mayTake(role: string, version: OpenVersion, before: OpenVersion | undefined, creator: string): boolean {
  const shown = before ?? version;
  for (const [group, field] of ROLE_FIELDS[role] ?? []) {
    const member = textOf(shown, group, field);
    if (member !== undefined) return member === creator;
  }
  return version.document.participants.includes(creator);
}
