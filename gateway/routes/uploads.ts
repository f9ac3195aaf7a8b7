import { UPLOAD_LIMITS, type StoredUpload } from '../entries/uploads/upload';
import type { Answer, Call, Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import { OutcomesQuery, UploadDeclaration } from './dto/uploads';
import { ownRecord } from './records';
import { toUploadView, UploadList, UploadView } from './views/upload-view';

const PATH = '/v1/lanes/{id}/uploads';
const ONE = `${PATH}/{upload}`;
const OUTCOME_TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;

/** Files of entries that come part by part, go on where they stopped and are posted in the background. */
export function uploadRoutes(deps: RouteDeps): readonly Route[] {
  return [
    declareRoute(deps),
    appendRoute(deps),
    listRoute(deps),
    readRoute(deps),
    outcomesRoute(deps),
    removeRoute(deps),
  ];
}

function declareRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: PATH,
    operationId: 'declareUpload',
    tag: 'lanes',
    summary: 'Declare a file of settlement entries, to be sent in parts',
    permission: 'prepare',
    body: { kind: 'json', type: UploadDeclaration },
    answer: { status: 201, description: 'Where the parts go, and from which offset.', type: UploadView },
    handle: async (call) => {
      const { size, sha256, mediaType, partial = false, entries, amountMinor } = call.body as UploadDeclaration;
      const control = {
        ...(entries === undefined ? {} : { entries }),
        ...(amountMinor === undefined ? {} : { amountMinor }),
      };
      const by = { userId: call.caller.userId, reference: call.reference };
      const declaration = { size, sha256, mediaType, partial, control };
      const upload = await deps.uploads.declare(await laneOf(deps, call), declaration, by);
      return told(upload, call, 201);
    },
  };
}

function appendRoute(deps: RouteDeps): Route {
  return {
    method: 'patch',
    path: ONE,
    operationId: 'appendToUpload',
    tag: 'lanes',
    summary: 'Send the next part of a file; the last one starts its posting',
    permission: 'prepare',
    headers: {
      'upload-offset': {
        pattern: /^\d{1,15}$/,
        description: 'Bytes before this part: the offset the upload stands at.',
      },
    },
    body: { kind: 'bytes', mediaTypes: ['application/offset+octet-stream'], limit: UPLOAD_LIMITS.partBytes },
    answer: { status: 200, description: 'The new offset, or the state after the last part.', type: UploadView },
    handle: async (call) => {
      const offset = Number(call.headers['upload-offset']);
      return told(await deps.uploads.append(await laneOf(deps, call), uploadOf(call), offset, call.bytes), call);
    },
  };
}

function listRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: PATH,
    operationId: 'listUploads',
    tag: 'lanes',
    summary: "A lane's uploads, newest first",
    permission: 'read',
    answer: { status: 200, description: 'Those that are kept, a hundred at most.', type: UploadList },
    handle: async (call) => {
      const uploads = await deps.uploads.list(await laneOf(deps, call));
      return { json: { items: uploads.map((upload) => toUploadView(upload, call.language)) } };
    },
  };
}

function readRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: ONE,
    operationId: 'readUpload',
    tag: 'lanes',
    summary: 'How far an upload is, and what it came to',
    permission: 'read',
    answer: { status: 200, description: 'Offset, state, lines settled; the answer or the refusal.', type: UploadView },
    handle: async (call) => told(await deps.uploads.upload(await laneOf(deps, call), uploadOf(call)), call),
  };
}

function outcomesRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: `${ONE}/outcomes`,
    operationId: 'readUploadOutcomes',
    tag: 'lanes',
    summary: "Every line's own outcome, as NDJSON or CSV",
    permission: 'read',
    query: OutcomesQuery,
    answer: {
      status: 200,
      description: 'The lines settled so far, in the order of the file.',
      mediaTypes: Object.values(OUTCOME_TYPES),
    },
    handle: async (call) => {
      const { format = 'ndjson', outcome } = call.query as OutcomesQuery;
      const lane = await laneOf(deps, call);
      const stream = await deps.uploads.outcomes(lane, uploadOf(call), { format, only: outcome });
      return { stream, mediaType: OUTCOME_TYPES[format] };
    },
  };
}

function removeRoute(deps: RouteDeps): Route {
  return {
    method: 'delete',
    path: ONE,
    operationId: 'removeUpload',
    tag: 'lanes',
    summary: 'Forget an upload that is not being worked on; what it posted stays posted',
    permission: 'prepare',
    answer: { status: 200, description: 'The upload as it was.', type: UploadView },
    handle: async (call) => told(await deps.uploads.remove(await laneOf(deps, call), uploadOf(call)), call),
  };
}

/** @throws Rejection RECORD_NOT_FOUND. */
async function laneOf(deps: RouteDeps, { params }: Call): Promise<string> {
  return (await ownRecord(deps, 'lane', params['id'])).id;
}

function uploadOf({ params }: Call): string {
  return params['upload'] ?? '';
}

function told(upload: StoredUpload, { language }: Call, status = 200): Answer {
  return { status, headers: { 'upload-offset': String(upload.offset) }, json: toUploadView(upload, language) };
}
