import { batches } from '../database/batches';
import type { Queries } from '../database/store';
import type { SaltedGroups } from '../../chaincode/domain/record';
import type { TransactionRows } from './transaction-rows';

/** The last version of a record that counts. */
export interface LastSkeleton {
  readonly version: number;
  readonly commitment: string;
  /** Canonical JSON. */
  readonly participants: string;
}

/** The groups of a record's last version, as this member holds them. */
export interface LastBody {
  readonly salted: SaltedGroups;
  readonly orderId: string | null;
}

/** What the index holds of everything one block touches, read at once and kept up to date while its rows are made. */
export class RowsBefore {
  /** Bodies of the records that a succession in this block leaves as they are. */
  readonly bodies = new Map<string, LastBody>();
  readonly skeletons = new Map<string, LastSkeleton>();
  /** Business day's id → canonical JSON. */
  readonly businessDays = new Map<string, string>();
  /** `order/member` → canonical JSON. */
  readonly noticeHeads = new Map<string, string>();

  static async read(queries: Queries, transactions: readonly TransactionRows[]): Promise<RowsBefore> {
    const before = new RowsBefore();
    const skeletons = unique(transactions.flatMap(({ versions }) => versions.map(({ skeleton }) => skeleton.id)));
    for (const ids of batches(skeletons)) {
      const rows = await queries.selectFrom('skeletons').selectAll().where('id', 'in', ids).execute();
      for (const { id, version, commitment, participants } of rows)
        before.skeletons.set(id, { version, commitment, participants });
    }
    const bare = unique(
      transactions.flatMap(({ versions }) =>
        versions.filter((row) => row.bare !== undefined).map((row) => row.skeleton.id),
      ),
    );
    for (const ids of batches(bare)) {
      const rows = await queries
        .selectFrom('records as r')
        .innerJoin('versions as v', (join) => join.onRef('v.id', '=', 'r.id').onRef('v.version', '=', 'r.version'))
        .select(['v.id', 'v.salted', 'v.order_id'])
        .where('r.id', 'in', ids)
        .execute();
      for (const { id, salted, order_id } of rows) {
        if (salted !== null) before.bodies.set(id, { salted: JSON.parse(salted) as SaltedGroups, orderId: order_id });
      }
    }
    const days = unique(transactions.flatMap(({ businessDays }) => businessDays.map(({ day }) => day.id)));
    for (const ids of batches(days)) {
      const rows = await queries.selectFrom('business_days').selectAll().where('id', 'in', ids).execute();
      for (const { id, value } of rows) before.businessDays.set(id, value);
    }
    const orders = unique(transactions.flatMap(({ noticeHeads }) => noticeHeads.map(({ orderId }) => orderId)));
    for (const ids of batches(orders)) {
      const rows = await queries.selectFrom('notice_heads').selectAll().where('order_id', 'in', ids).execute();
      for (const { order_id, msp_id, value } of rows) before.noticeHeads.set(`${order_id}/${msp_id}`, value);
    }
    return before;
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
