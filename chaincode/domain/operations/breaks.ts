import type { Operation } from '../operation';
import { BREAK_STEPS } from './breaks/break-steps';
import { approveRuleSet, proposeRuleSet, recordMatchRun } from './breaks/match-run';
import { openBreaks } from './breaks/open-breaks';
import { unmatch } from './breaks/unmatch';

/** Match runs, rule sets, breaks. */
export const BREAK_OPERATIONS = [
  recordMatchRun,
  unmatch,
  proposeRuleSet,
  approveRuleSet,
  openBreaks,
  ...BREAK_STEPS,
] as unknown as readonly Operation<unknown>[];
