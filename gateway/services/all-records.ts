import type { IndexedRecord, RecordFilter, RecordIndex } from '../ports/record-index';

/** Records read at once. */
const PAGE = 200;

/** Every own record of a filter, page by page, newest change first. */
export async function* allRecords(
  index: Pick<RecordIndex, 'list'>,
  filter: RecordFilter,
): AsyncGenerator<IndexedRecord> {
  let page = await index.list({ ...filter, limit: PAGE });
  yield* page.items;
  while (page.next !== undefined) {
    page = await index.list({ ...filter, cursor: page.next, limit: PAGE });
    yield* page.items;
  }
}
