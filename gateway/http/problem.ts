import { REJECTIONS, Rejection, type RejectionRow } from '../../chaincode/domain/errors';
import { DOCUMENT_CODES } from '../documents/document-codes';
import { LEDGER_CODES } from '../ports/ledger-codes';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import { StorageError } from '../../network/storage/database';
import { GATEWAY_CODES, type GatewayErrorCode, type Outcome } from './codes';
import { FIELD_CODES, type FieldProblem } from './validation/field-codes';
import type { Language } from './language';

/** A refusal of the HTTP border. `details` name fields, limits and ids, never what the caller sent. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  constructor(
    readonly code: GatewayErrorCode,
    readonly details: Readonly<Record<string, string>> = {},
    /** Wrong fields or lines, each by its place. */
    readonly errors: readonly FieldProblem[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(GATEWAY_CODES[code].text);
  }
}

/** RFC 9457 document with our extension members. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly outcome: Outcome;
  readonly details: Readonly<Record<string, string>>;
  readonly remedy: string;
  readonly requestId: string;
  readonly transactionId?: string;
  readonly errors?: readonly (FieldProblem & { readonly title: string; readonly remedy: string })[];
}

export interface ProblemContext {
  readonly language: Language;
  readonly requestId: string;
  /** Whether the request could have changed something: a fault then has an unknown outcome. */
  readonly isWrite: boolean;
}

interface Row {
  readonly status: number;
  readonly outcome: Outcome;
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

const STATUS_OF_KIND = { malformed: 400, forbidden: 403, missing: 404, conflict: 409, impossible: 422 } as const;
const STATUS_OF_OUTCOME = { rejected: 422, conflict: 409, unavailable: 503, unknown: 504 } as const;

/**
 * The one place where anything thrown becomes an HTTP answer.
 *
 * A fault tells its request id and nothing else: its message could hold private values.
 * @see RFC 9457
 */
export function toProblem(error: unknown, context: ProblemContext): ProblemDocument {
  const { code, row, details, transactionId, errors } = read(error, context.isWrite);
  return {
    type: `/docs/errors#${code}`,
    title: context.language === 'zh' ? row.zh : row.text,
    status: row.status,
    code,
    outcome: row.outcome,
    details,
    remedy: row.remedy,
    requestId: context.requestId,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(errors === undefined || errors.length === 0
      ? {}
      : { errors: errors.map((one) => withWords(one, context.language)) }),
  };
}

/** A code's words in the caller's language, beside what is told of it. */
export function withWords<T extends { readonly code: string }>(
  problem: T,
  language: Language,
): T & { title: string; remedy: string } {
  const row: Pick<Row, 'text' | 'zh' | 'remedy'> | undefined =
    DOCUMENT_CODES[problem.code as keyof typeof DOCUMENT_CODES] ??
    FIELD_CODES[problem.code as keyof typeof FIELD_CODES] ??
    GATEWAY_CODES[problem.code as GatewayErrorCode] ??
    rejectionRow(problem.code) ??
    LEDGER_CODES[problem.code as keyof typeof LEDGER_CODES];
  return { ...problem, title: (language === 'zh' ? row?.zh : row?.text) ?? problem.code, remedy: row?.remedy ?? '' };
}

interface Read {
  readonly code: string;
  readonly row: Row;
  readonly details: Readonly<Record<string, string>>;
  readonly transactionId?: string | undefined;
  readonly errors?: readonly FieldProblem[];
}

function read(error: unknown, isWrite: boolean): Read {
  if (error instanceof HttpProblem) {
    return { code: error.code, row: GATEWAY_CODES[error.code], details: error.details, errors: error.errors };
  }
  if (error instanceof Rejection)
    return { code: error.code, row: ofRejection(REJECTIONS[error.code]), details: error.details };
  if (error instanceof LedgerError) return ofLedger(error);
  if (error instanceof StorageError && error.code === 'UNREACHABLE')
    return ofLedger(ledgerError(isWrite ? 'unknown' : 'unavailable', 'DATABASE_UNAVAILABLE'));
  const body = bodyProblem(error);
  if (body !== undefined) return { code: body, row: GATEWAY_CODES[body], details: {} };
  const code = isWrite ? 'WRITE_FAULT' : 'INTERNAL_FAULT';
  return { code, row: GATEWAY_CODES[code], details: {} };
}

function rejectionRow(code: string): RejectionRow | undefined {
  return Object.hasOwn(REJECTIONS, code) ? (REJECTIONS as Readonly<Record<string, RejectionRow>>)[code] : undefined;
}

function ofRejection(row: RejectionRow): Row {
  const outcome = row.kind === 'conflict' ? 'conflict' : 'rejected';
  return { status: STATUS_OF_KIND[row.kind], outcome, text: row.text, zh: row.zh, remedy: row.remedy };
}

function ofLedger(error: LedgerError): Read {
  const { code, outcome, details, transactionId } = error;
  const rule = rejectionRow(code);
  if (rule !== undefined) return { code, row: { ...ofRejection(rule), outcome }, details, transactionId };
  const own: RejectionRow | undefined = Object.hasOwn(LEDGER_CODES, code)
    ? LEDGER_CODES[code as keyof typeof LEDGER_CODES]
    : undefined;
  const status = own?.kind === 'missing' ? 404 : STATUS_OF_OUTCOME[outcome];
  const row = {
    status,
    outcome,
    text: own?.text ?? VALIDATION.text,
    zh: own?.zh ?? VALIDATION.zh,
    remedy: own?.remedy ?? VALIDATION.remedy,
  };
  return { code, row, details, transactionId };
}

/** What is said of validation codes (MVCC_READ_CONFLICT, ...) that have no row of their own. */
const VALIDATION = {
  text: 'the ledger did not accept the transaction',
  zh: '账本未接受该交易',
  remedy: "Read the current state and try again; the code is Fabric's validation code.",
};

/** What the caller did wrong before our own code looked: it hung up, or sent an address or a form nobody can read. */
function bodyProblem(error: unknown): GatewayErrorCode | undefined {
  const { code, message, status } = (error ?? {}) as { code?: unknown; message?: unknown; status?: unknown };
  if (code === 'ECONNRESET' && message === 'aborted') return 'BODY_MISSING';
  if (error instanceof URIError) return 'ROUTE_NOT_FOUND';
  return typeof status === 'number' ? CODE_OF_STATUS[status] : undefined;
}

/** Statuses that the parsers below Express give their errors. */
const CODE_OF_STATUS: Readonly<Record<number, GatewayErrorCode>> = {
  400: 'BODY_MISSING',
  413: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
};
