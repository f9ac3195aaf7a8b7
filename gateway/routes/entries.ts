import { postEntriesFile } from '../entries/post-file';
import type { Answer, Call, Route, Upload } from '../http/route';
import type { RouteDeps } from './dependencies';
import { EntriesQuery } from './dto/reconciliation';
import { BulkAnswer } from './views/answers';

/** Media types of a file of entries. */
export const ENTRIES_MEDIA_TYPES = ['application/x-ndjson', 'text/csv'] as const;
/** Largest bulk file, bytes. */
export const FILE_LIMIT = 536_870_912;

/** Bulk posting: all lines are judged before the first one is posted; batches then go out in the file's order. */
export function entriesRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: '/v1/lanes/{id}/entries',
    operationId: 'postEntries',
    tag: 'lanes',
    summary: 'Post settlement entries in bulk: NDJSON, or CSV with a header line',
    permission: 'prepare',
    query: EntriesQuery,
    body: { kind: 'upload', mediaTypes: ENTRIES_MEDIA_TYPES, limit: FILE_LIMIT },
    answer: { status: 200, description: 'What became of each segment.', type: BulkAnswer },
    handle: (call) => postFile(deps, call),
  };
}

async function postFile(deps: RouteDeps, call: Call): Promise<Answer> {
  const { params, mediaType, reference, upload, query } = call;
  const { partial, entries, amountMinor } = query as EntriesQuery;
  const file = {
    lane: params['id'],
    mediaType,
    upload: upload as Upload,
    reference,
    partial: partial === 'true',
    control: {
      ...(entries === undefined ? {} : { entries: Number(entries) }),
      ...(amountMinor === undefined ? {} : { amountMinor }),
    },
  };
  return { json: await postEntriesFile(deps, file) };
}
