import type { Due } from './dues';
import type { Lane } from './types';

/** Dues one lane remembers, so that none is posted twice; at 40 bytes each its record stays below a megabyte. */
export const MOST_DUES = 20_000;

type Memory = Pick<Lane['lane'], 'principals' | 'dues'>;

/** Whether a lane is the way of a due: its debtor owes it to the other member, in its currency, under its pair's date. */
export function carries({ lane }: Lane, { debtor, creditor, businessDay, entry }: Due): boolean {
  const other = lane.debtor === lane.sender ? lane.receiver : lane.sender;
  return (
    lane.debtor === debtor && other === creditor && lane.businessDay === businessDay && lane.currency === entry.currency
  );
}

/** Whether a due stands in a lane. */
export function remembers({ lane }: Lane, due: Due): boolean {
  return isPrincipal(due) ? lane.principals.includes(due.source) : (lane.dues ?? []).includes(nameOf(due));
}

/** How many dues a lane remembers. */
export function remembered({ lane }: Lane): number {
  return lane.principals.length + (lane.dues ?? []).length;
}

/** What a lane remembers with one more due. */
export function withDue({ lane }: Lane, due: Due): Memory {
  return isPrincipal(due)
    ? { principals: [...lane.principals, due.source] }
    : { principals: lane.principals, dues: [...(lane.dues ?? []), nameOf(due)] };
}

/** Principals had a list of their own before there were other dues, and keep it: lanes of that time stay valid. */
function isPrincipal({ entry }: Due): boolean {
  return entry.type === 'principal';
}

function nameOf({ entry, source, number }: Due): string {
  return `${entry.type}/${source}/${number}`;
}
