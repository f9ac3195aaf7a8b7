import { HttpProblem } from '../http/problem';
import type { Route } from '../http/route';
import type { StoredDocument } from '../ports/local-stores';
import type { RouteDeps } from './dependencies';
import { DocumentAnswer } from './views/answers';

const LIMIT = 10_485_760;
const MEDIA_TYPES = ['application/xml', 'text/xml', 'application/json'];

/** Documents as received, and what they say. */
export function documentRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/documents',
      operationId: 'uploadDocument',
      tag: 'documents',
      summary: 'Hand in a document: kept as received, read, checked',
      permission: 'prepare',
      body: { kind: 'bytes', mediaTypes: MEDIA_TYPES, limit: LIMIT },
      answer: { status: 201, description: 'Digest and parsed form.', type: DocumentAnswer },
      handle: async ({ bytes, mediaType, caller }) => {
        const read = deps.reader.read(bytes);
        if (read.kind === 'unreadable') throw new HttpProblem('DOCUMENT_UNREADABLE');
        if (read.kind === 'invalid') throw new HttpProblem('DOCUMENT_INVALID', {}, [...read.problems]);
        const { parserVersion } = read;
        const kept = await deps.documents.put({
          bytes,
          mediaType,
          source: caller.userId,
          channel: 'upload',
          parserVersion,
        });
        return { status: 201, json: toAnswer(deps, kept), headers: { location: `/v1/documents/${kept.sha256}` } };
      },
    },
    {
      method: 'get',
      path: '/v1/documents/{id}',
      operationId: 'readDocument',
      tag: 'documents',
      summary: "A document's parsed form",
      permission: 'read',
      answer: { status: 200, description: 'Digest and parsed form.', type: DocumentAnswer },
      handle: async ({ params }) => ({ json: toAnswer(deps, await known(deps, params['id'])) }),
    },
    {
      method: 'get',
      path: '/v1/documents/{id}/bytes',
      operationId: 'readDocumentBytes',
      tag: 'documents',
      summary: 'A document exactly as received',
      permission: 'read',
      answer: { status: 200, description: 'The bytes.', mediaTypes: MEDIA_TYPES },
      handle: async ({ params }) => {
        const { bytes, mediaType } = await known(deps, params['id']);
        return { bytes, mediaType };
      },
    },
  ];
}

async function known(deps: RouteDeps, id: string | undefined): Promise<StoredDocument> {
  const document = id !== undefined && /^[0-9a-f]{64}$/.test(id) ? await deps.documents.get(id) : undefined;
  if (document === undefined) throw new HttpProblem('DOCUMENT_NOT_FOUND');
  return document;
}

function toAnswer(deps: RouteDeps, { sha256, bytes, mediaType, firstSeenAt }: StoredDocument): object {
  const read = deps.reader.read(bytes);
  if (read.kind !== 'document') throw new HttpProblem('DOCUMENT_UNREADABLE');
  const { documentType, parserVersion, content } = read;
  const draft = documentType === 'Order' ? { orderDraft: deps.reader.orderDraft(content) } : {};
  return { sha256, mediaType, firstSeenAt, documentType, parserVersion, content, ...draft };
}
