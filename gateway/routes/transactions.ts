import { HttpProblem } from '../http/problem';
import type { Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import { TransactionAnswer } from './views/answers';

/** What became of a transaction: the question to ask after an unknown outcome. */
export function transactionRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/transactions/{id}',
      operationId: 'readTransaction',
      tag: 'transactions',
      summary: 'What became of a transaction',
      permission: 'read',
      answer: { status: 200, description: 'Its outcome; unknown while it is not final.', type: TransactionAnswer },
      handle: async ({ params }) => {
        const id = params['id'] ?? '';
        const transaction = /^[0-9a-f]{64}$/.test(id) ? await deps.transactions.transaction(id) : undefined;
        if (transaction === undefined) throw new HttpProblem('TRANSACTION_NOT_FOUND');
        const { transactionId, outcome, code, blockNumber } = transaction;
        return { json: { transactionId, outcome, code, blockNumber } };
      },
    },
  ];
}
