import type { Operation } from '../operation';
import { passOn } from './succession/pass-on';
import { receiveRecord } from './succession/receive-record';

/** What happens to a member's records when another follows it. */
export const SUCCESSION_OPERATIONS = [passOn, receiveRecord] as unknown as readonly Operation<unknown>[];
