import type { Operation } from '../operation';

export const RECONCILIATION_OPERATIONS: readonly Operation<unknown>[] = [];
