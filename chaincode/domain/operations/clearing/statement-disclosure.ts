import { parseCurrency, parseMinor } from '../../money';
import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { canonicalJson } from '../../canonical-json';
import { Input } from '../../input';
import type { Json } from '../../json';
import { inclusionProof, leafHash, verifyInclusion } from '../../merkle';
import { commitmentOf, fieldBytes, type RecordDocument, type SaltedField, type SaltedGroups } from '../../record';
import { parseDocument } from '../../request';
import type { ClearedStatement } from './types';

/** The fields of a statement that clearing needs: all that members outside the pair learn of it. */
export const DISCLOSED_FIELDS = ['businessDay', 'creditMinor', 'currency', 'date', 'debitMinor', 'pair'] as const;
const GROUP = 'statement';

/** One field with the path from its leaf to the group's root. */
export interface DisclosedField extends SaltedField {
  readonly index: number;
  /** Sibling hashes, hexadecimal. */
  readonly path: readonly string[];
}

/** A statement's document, and some fields of its group `statement` with their proofs. */
export interface StatementDisclosure {
  readonly document: RecordDocument;
  /** Fields the group has in all. */
  readonly size: number;
  readonly fields: readonly DisclosedField[];
}

/** What a disclosure says, once it has been checked against its document. */
export interface DisclosedStatement extends ClearedStatement {
  readonly businessDay: string;
  readonly currency: string;
}

/** Shows the fields that clearing needs and nothing else; `salted` are the statement's groups as a participant holds them. */
export function discloseStatement(document: RecordDocument, salted: SaltedGroups): StatementDisclosure {
  const all = salted[GROUP] ?? [];
  const leaves = all.map((field) => leafHash(fieldBytes(GROUP, field)));
  const fields = all.flatMap((field, index) =>
    (DISCLOSED_FIELDS as readonly string[]).includes(field.name)
      ? [{ ...field, index, path: inclusionProof(leaves, index).map((hash) => hash.toString('hex')) }]
      : [],
  );
  return { document, size: all.length, fields };
}

/** Reads a disclosure's form. @throws Rejection REQUEST_INVALID. */
export function parseDisclosure(json: Json, place: string): StatementDisclosure {
  const input = Input.of(json, place);
  const value = {
    document: parseDocument(input.raw('document'), `${place}/document`),
    size: input.integer('size', 1, 64),
    fields: input.list('fields', { min: DISCLOSED_FIELDS.length, max: DISCLOSED_FIELDS.length }, parseField),
  };
  input.end();
  return value;
}

function parseField(json: Json, place: string): DisclosedField {
  const input = Input.of(json, place);
  const value = {
    name: input.oneOf('name', DISCLOSED_FIELDS),
    salt: input.text('salt', /^[0-9a-f]{32}$/),
    value: input.raw('value'),
    index: input.integer('index', 0, 63),
    path: input.list('path', { min: 0, max: 6 }, (item, field) => {
      if (typeof item !== 'string' || !/^[0-9a-f]{64}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
      return item;
    }),
  };
  input.end();
  return value;
}

/**
 * What a disclosed statement says. That its document is the ledger's current one is the caller's to check.
 *
 * @throws Rejection RECORD_TYPE_WRONG, STATEMENT_NOT_COUNTERSIGNED, GROUP_NOT_COMMITTED, REQUEST_INVALID.
 */
export function openDisclosure({ document, size, fields }: StatementDisclosure): DisclosedStatement {
  const { id, status, type, groups, participants } = document;
  if (type !== 'statement') throw new Rejection('RECORD_TYPE_WRONG', { record: id, type });
  if (status !== 'countersigned') throw new Rejection('STATEMENT_NOT_COUNTERSIGNED', { record: id });
  const root = Buffer.from(groups.find(({ name }) => name === GROUP)?.root ?? '', 'hex');
  const proven = fields.every(({ index, path, ...field }) => {
    const siblings = path.map((hash) => Buffer.from(hash, 'hex'));
    return verifyInclusion(leafHash(fieldBytes(GROUP, field)), index, size, siblings, root);
  });
  if (!proven) throw new Rejection('GROUP_NOT_COMMITTED', { record: id, group: GROUP });
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  // The pair's order says who owes what, and it is the participants' own.
  if (canonicalJson(values['pair'] ?? null) !== canonicalJson([...participants])) {
    throw new Rejection('REQUEST_INVALID', { field: `/${id}/pair` });
  }
  const input = Input.of(values, `/${id}`);
  return {
    statement: id,
    commitment: commitmentOf(document),
    pair: participants as unknown as readonly [string, string],
    businessDay: input.id('businessDay'),
    currency: input.with('currency', parseCurrency),
    date: input.with('date', parseDate),
    debitMinor: String(input.with('debitMinor', parseZero)),
    creditMinor: String(input.with('creditMinor', parseZero)),
  };
}

function parseZero(value: Json, field: string): bigint {
  return parseMinor(value, field, 0n);
}
