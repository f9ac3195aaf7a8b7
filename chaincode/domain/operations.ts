import { Rejection } from './errors';
import type { AuthorityRow, Operation } from './operation';
import { BREAK_OPERATIONS } from './operations/breaks';
import { CLEARING_OPERATIONS } from './operations/clearing';
import { FINANCE_OPERATIONS } from './operations/finance';
import { RECONCILIATION_OPERATIONS } from './operations/reconciliation';
import { SUCCESSION_OPERATIONS } from './operations/succession';
import { TRADE_OPERATIONS } from './operations/trade';

/** Every operation of `records`. */
export const OPERATIONS: ReadonlyMap<string, Operation<unknown>> = new Map(
  [
    ...TRADE_OPERATIONS,
    ...FINANCE_OPERATIONS,
    ...RECONCILIATION_OPERATIONS,
    ...CLEARING_OPERATIONS,
    ...BREAK_OPERATIONS,
    ...SUCCESSION_OPERATIONS,
  ].map((operation) => [operation.authority.operation, operation]),
);

/** The authority table: who may do what, from which status. */
export const AUTHORITY: readonly AuthorityRow[] = [...OPERATIONS.values()].map(({ authority }) => authority);

/** @throws Rejection OPERATION_UNKNOWN. */
export function operationNamed(name: string): Operation<unknown> {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new Rejection('OPERATION_UNKNOWN', { operation: name });
  return operation;
}
