import type { Change } from './operation';

/**
 * The members whose peers must endorse these changes, and so get the private request: no others may see it.
 *
 * A new notice head is not guarded yet, so its neutral member need not see the order it belongs to.
 */
export function endorsersOf(changes: readonly Change[]): string[] {
  const members = changes.flatMap((change): readonly string[] => {
    switch (change.kind) {
      case 'create':
        return change.participants;
      case 'update':
        return change.record.document.participants;
      case 'passOn':
        return [...change.participants, ...change.witnesses];
      case 'businessDay':
        return [...change.value.members, ...(change.witnesses ?? [])];
      case 'noticeHead':
        return change.value.count === 0 || change.isPassedOn === true ? [] : change.guards;
      case 'copy':
        return [change.to];
    }
  });
  return [...new Set(members)].sort();
}
