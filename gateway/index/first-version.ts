import type { ExpressionBuilder } from 'kysely';
import type { Tables } from '../database/tables';

/** The first version of a record that this member holds: its own first one, or the one a successor was given. */
export function firstVersion<DB extends Pick<Tables, 'versions'>, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  id: string,
) {
  return (eb as unknown as ExpressionBuilder<Tables, never>)
    .selectFrom('versions as first')
    .select(({ fn }) => fn.min<number>('first.version').as('version'))
    .where('first.id', '=', (other) => other.ref(id as never))
    .where('first.document', 'is not', null);
}
