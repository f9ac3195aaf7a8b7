import type { Operation } from '../operation';

export const FINANCE_OPERATIONS: readonly Operation<unknown>[] = [];
