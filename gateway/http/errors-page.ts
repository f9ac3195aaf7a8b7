import { REJECTIONS, type RejectionRow } from '../../chaincode/domain/errors';
import { DOCUMENT_CODES } from '../documents/document-codes';
import { LEDGER_CODES } from '../ports/ledger-codes';
import { ENTRY_CODES } from '../reconciliation/entry-codes';
import { BREAK_CODES } from '../reconciliation/matching/break-codes';
import { RULES_CODES } from '../reconciliation/rules/rules-codes';
import { GATEWAY_CODES } from './codes';
import { FIELD_CODES } from './validation/field-codes';

export interface ErrorRow {
  readonly code: string;
  readonly meaning: string;
  readonly zh: string;
  readonly remedy: string;
  readonly answer: string;
}
export interface ErrorSection {
  readonly title: string;
  readonly rows: readonly ErrorRow[];
}

const STATUS = { malformed: '400', forbidden: '403', missing: '404', conflict: '409', impossible: '422' } as const;
const LEDGER_STATUS = {
  malformed: '422',
  forbidden: '422',
  missing: '404',
  conflict: '409 / 504',
  impossible: '503',
} as const;

/** Every code a caller can meet, from the tables that give them out. */
export function errorSections(): readonly ErrorSection[] {
  return [
    { title: 'Rules', rows: fromRejections(REJECTIONS, STATUS) },
    { title: 'Ledger', rows: fromRejections(LEDGER_CODES, LEDGER_STATUS) },
    {
      title: 'Gateway',
      rows: Object.entries(GATEWAY_CODES).map(([code, { text, zh, remedy, status }]) => ({
        code,
        meaning: text,
        zh,
        remedy,
        answer: String(status),
      })),
    },
    { title: 'Fields', rows: places(FIELD_CODES) },
    { title: 'Documents', rows: places(DOCUMENT_CODES) },
    { title: 'Files of entries', rows: places(ENTRY_CODES, 'by line') },
    { title: 'Rule sets of matching', rows: places(RULES_CODES, 'by pointer') },
    { title: 'Breaks', rows: places(BREAK_CODES, 'in reports') },
  ];
}

/** Codes that name one wrong place each, under `errors`. */
function places(
  table: Readonly<Record<string, Pick<RejectionRow, 'text' | 'zh' | 'remedy'>>>,
  answer = 'in errors',
): ErrorRow[] {
  return Object.entries(table).map(([code, { text, zh, remedy }]) => ({
    code,
    meaning: text,
    zh,
    remedy,
    answer,
  }));
}

function fromRejections(
  table: Readonly<Record<string, RejectionRow>>,
  status: Readonly<Record<RejectionRow['kind'], string>>,
): ErrorRow[] {
  return Object.entries(table).map(([code, { text, zh, remedy, kind }]) => ({
    code,
    meaning: text,
    zh,
    remedy,
    answer: status[kind],
  }));
}
