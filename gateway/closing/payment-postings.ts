import { Rejection } from '../../chaincode/domain/errors';
import type { Lane } from '../../chaincode/domain/operations/reconciliation/types';
import { as, type Payment } from '../../chaincode/domain/trade-types';
import { LedgerError } from '../ports/ledger-port';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { Operations } from '../services/operations';

export interface PaymentPostingDependencies {
  readonly member: string;
  readonly index: RecordIndex;
  readonly operations: Operations;
}

/** What became of a payment's principal. */
export interface PostedPayment {
  readonly payment: string;
  readonly outcome: 'posted' | 'failed';
  readonly code?: string;
}

/**
 * Posts what payments on the ledger leave owing between this bank and another, as soon as they are made.
 *
 * The contract posts a payment once, so that any number of processes may try. A payment without a lane is left to people.
 */
export class PaymentPostings {
  readonly #deps: PaymentPostingDependencies;
  /** Refused for good, for example above the agreement's limit: told once. */
  readonly #refused = new Set<string>();

  constructor(deps: PaymentPostingDependencies) {
    this.#deps = deps;
  }

  /** @throws LedgerError unavailable, unknown. */
  async run(): Promise<readonly PostedPayment[]> {
    const lanes = await this.#lanes();
    if (lanes.length === 0) return [];
    const posted: PostedPayment[] = [];
    for (const payment of await this.#paid()) {
      const lane = lanes.find((candidate) => takes(candidate, payment));
      if (lane !== undefined && !this.#refused.has(payment.id)) posted.push(await this.#post(lane, payment));
    }
    return posted;
  }

  async #post(lane: IndexedRecord, { id }: IndexedRecord): Promise<PostedPayment> {
    const { agreement } = as<Lane>(lane.groups).lane;
    try {
      await this.#deps.operations.submit({
        operation: 'postPrincipal',
        input: { lane: lane.id, payment: id },
        recordIds: [lane.id, agreement, id],
        reference: `closing/postPrincipal/${id}`,
      });
      return { payment: id, outcome: 'posted' };
    } catch (error) {
      const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome === 'rejected');
      if (!isRefusal) throw error;
      this.#refused.add(id);
      return { payment: id, outcome: 'failed', code: error.code };
    }
  }

  async #lanes(): Promise<IndexedRecord[]> {
    const { member, index } = this.#deps;
    const { items } = await index.list({ type: 'lane', status: 'open', limit: 200 });
    return items.filter(({ groups }) => {
      const { sender, debtor } = as<Lane>(groups).lane;
      return sender === member && debtor === member;
    });
  }

  async #paid(): Promise<IndexedRecord[]> {
    const found: IndexedRecord[] = [];
    let page = await this.#deps.index.list({ type: 'payment', status: 'paid', limit: 200 });
    for (;;) {
      found.push(...page.items);
      if (page.next === undefined) return found;
      page = await this.#deps.index.list({ type: 'payment', status: 'paid', limit: 200, cursor: page.next });
    }
  }
}

/** Whether a lane goes to the creditor's member in the payment's currency, and has not taken it yet. */
function takes({ groups }: IndexedRecord, payment: IndexedRecord): boolean {
  const { lane } = as<Lane>(groups);
  const { creditorMember, currency } = as<Payment>(payment.groups).payment;
  return lane.receiver === creditorMember && lane.currency === currency && !lane.principals.includes(payment.id);
}
