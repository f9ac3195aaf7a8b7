import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import {
  clearingSavings,
  netPositions,
  settlementInstructions,
} from '../../chaincode/domain/operations/clearing/netting';
import { openDisclosure, parseDisclosure } from '../../chaincode/domain/operations/clearing/statement-disclosure';
import type {
  ClearingSavings,
  NetPosition,
  SettlementInstruction,
} from '../../chaincode/domain/operations/clearing/types';

/** What disclosed statements net to. */
export interface ClearingPreview {
  readonly currency: string;
  readonly date: string;
  readonly positions: readonly NetPosition[];
  readonly instructions: readonly SettlementInstruction[];
  readonly savings: ClearingSavings;
}

/**
 * Nets disclosed statements of one currency and date, without a ledger: that their documents are the ledger's is not
 * checked here, that they say what they disclose is.
 *
 * @throws Rejection REQUEST_INVALID, RECORD_TYPE_WRONG, STATEMENT_NOT_COUNTERSIGNED, GROUP_NOT_COMMITTED,
 *   CURRENCY_DIFFERS, STATEMENT_NOT_DUE (another date, or a statement twice).
 */
export function previewClearing(disclosures: readonly Json[], agent: string | null): ClearingPreview {
  const statements = disclosures.map((json, at) => openDisclosure(parseDisclosure(json, `/${at}`)));
  const [first] = statements;
  if (first === undefined) throw new Rejection('REQUEST_INVALID', { field: '' });
  const { currency, date } = first;
  const other = statements.find((statement) => statement.currency !== currency);
  if (other !== undefined) throw new Rejection('CURRENCY_DIFFERS', { record: other.statement });
  const stray = statements.find(
    (statement, at) =>
      statement.date !== date || statements.findIndex((one) => one.statement === statement.statement) !== at,
  );
  if (stray !== undefined) throw new Rejection('STATEMENT_NOT_DUE', { record: stray.statement });
  const members = [...new Set(statements.flatMap(({ pair }) => [...pair]))];
  const positions = netPositions(members, statements);
  const instructions = settlementInstructions(positions, agent);
  return { currency, date, positions, instructions, savings: clearingSavings(statements, instructions) };
}
