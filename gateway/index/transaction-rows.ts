import { canonicalJson } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Json } from '../../chaincode/domain/json';
import {
  commitmentOf,
  openGroups,
  type RecordDocument,
  type SaltedGroups,
  type Skeleton,
} from '../../chaincode/domain/record';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import type { NamespaceWrites, ReadTransaction } from './block-reader';
import { countingBusinessDays, countingVersions, parseObject } from './counting';
import { entryRows, type EntryRow } from './entry-rows';
import { orderOf } from './order-of';
import type { PrivateValues } from './private-values';

/** A body as the own peer held it, checked against the block. */
export interface Body {
  readonly document: RecordDocument;
  readonly salted: SaltedGroups;
  readonly orderId: string | null;
}

export interface VersionRow {
  readonly skeleton: Skeleton;
  readonly own: boolean;
  readonly body: Body | undefined;
  /** A document that came without groups: a succession, which leaves them as they were. */
  readonly bare?: RecordDocument;
}

export interface DisclosureRow {
  readonly id: string;
  readonly caseId: string;
  readonly recordId: string;
  readonly body: string;
}

/** What one valid transaction adds to the index, before it is compared with what the index holds. */
export interface TransactionRows {
  readonly versions: readonly VersionRow[];
  readonly attachments: readonly { readonly id: string; readonly name: string; readonly content: string }[];
  readonly entries: readonly EntryRow[];
  readonly businessDays: readonly { readonly day: BusinessDay; readonly text: string }[];
  readonly noticeHeads: readonly NoticeHead[];
  readonly disclosures: readonly DisclosureRow[];
}

const HEAD_KEY = /^n\/([0-9a-f]{32})\/(.{1,128})$/;
const DISCLOSURE_KEY = /^x\/([0-9a-f]{32})$/;
const ATTACHMENT_KEY = /^a\/([0-9a-f]{32})\/(.{1,64})$/;

/** Reads the rows out of one transaction's writes in `records`; pure. */
export function transactionRows(transaction: ReadTransaction, mspId: string, privates: PrivateValues): TransactionRows {
  const writes = transaction.namespaces.get('records') as NamespaceWrites;
  const versions = countingVersions(writes).map((skeleton): VersionRow => {
    const own = skeleton.participants.includes(mspId);
    if (!own) return { skeleton, own, body: undefined };
    const bare = readBare(skeleton, privates);
    return { skeleton, own, body: readBody(skeleton, privates), ...(bare === undefined ? {} : { bare }) };
  });
  const bodies = new Map(versions.flatMap(({ skeleton, body }) => (body === undefined ? [] : [[skeleton.id, body]])));
  const attachments = readAttachments(privates, bodies);
  return {
    versions,
    attachments,
    entries: readEntries(attachments, bodies),
    businessDays: countingBusinessDays(writes).map((day) => ({ day, text: canonicalJson(day as unknown as Json) })),
    noticeHeads: readHeads(writes),
    disclosures: readDisclosures(writes, mspId, privates),
  };
}

function readBody(skeleton: Skeleton, privates: PrivateValues): Body | undefined {
  const bytes = privates.get(`r/${skeleton.id}`);
  const groupBytes = privates.get(`g/${skeleton.id}`);
  if (bytes === undefined || groupBytes === undefined || sha256Hex(bytes) !== skeleton.commitment) return undefined;
  const document = parseObject(bytes) as unknown as RecordDocument | undefined;
  const held = parseObject(groupBytes);
  if (document === undefined || held?.['id'] !== skeleton.id || held['version'] !== skeleton.version) return undefined;
  const salted = held['groups'] as unknown as SaltedGroups;
  try {
    if (
      document.id !== skeleton.id ||
      document.version !== skeleton.version ||
      commitmentOf(document) !== skeleton.commitment
    ) {
      return undefined;
    }
    return { document, salted, orderId: orderOf(document, openGroups(document, salted)) };
  } catch {
    return undefined; // groups that are not what the document commits to
  }
}

/** The document of a version whose transaction writes no groups for this member. */
function readBare(skeleton: Skeleton, privates: PrivateValues): RecordDocument | undefined {
  const bytes = privates.get(`r/${skeleton.id}`);
  if (bytes === undefined || privates.isWritten(`g/${skeleton.id}`)) return undefined;
  if (sha256Hex(bytes) !== skeleton.commitment) return undefined;
  return parseObject(bytes) as unknown as RecordDocument | undefined;
}

type Bodies = ReadonlyMap<string, Body>;

function readAttachments(privates: PrivateValues, owned: Bodies): TransactionRows['attachments'] {
  return privates.keys('a/').flatMap((key) => {
    const [, id, name] = ATTACHMENT_KEY.exec(key) ?? [];
    const bytes = privates.get(key);
    if (id === undefined || name === undefined || bytes === undefined || !owned.has(id)) return [];
    return [{ id, name, content: Buffer.from(bytes).toString('utf8') }];
  });
}

function readEntries(attachments: TransactionRows['attachments'], bodies: Bodies): EntryRow[] {
  return attachments.flatMap(({ id, name, content }) => {
    const body = bodies.get(id);
    return name !== 'entries' || body === undefined ? [] : entryRows(body.document, body.salted, content);
  });
}

function readHeads({ writes }: NamespaceWrites): NoticeHead[] {
  return [...writes].flatMap(([key, value]) => {
    const [, orderId, mspId] = HEAD_KEY.exec(key) ?? [];
    const head = orderId === undefined || value === null ? undefined : parseObject(value);
    if (head?.['orderId'] !== orderId || head?.['mspId'] !== mspId || typeof head?.['count'] !== 'number') return [];
    return [head as unknown as NoticeHead];
  });
}

function readDisclosures({ writes }: NamespaceWrites, mspId: string, privates: PrivateValues): DisclosureRow[] {
  return [...writes].flatMap(([key, value]) => {
    const id = DISCLOSURE_KEY.exec(key)?.[1];
    const shown = id === undefined || value === null ? undefined : parseObject(value);
    const body = privates.get(key);
    if (id === undefined || shown?.['id'] !== id || shown['to'] !== mspId || body === undefined) return [];
    const { case: caseId, record: recordId, digest } = shown;
    if (typeof caseId !== 'string' || typeof recordId !== 'string' || digest !== sha256Hex(body)) return [];
    return [{ id, caseId, recordId, body: Buffer.from(body).toString('utf8') }];
  });
}
