import type { Database } from '../../network/storage/database';

/**
 * Brings one component's tables to their newest form; each step runs once, in order, in one transaction with its mark.
 *
 * Steps are only ever added: a changed old step would leave two gateways with different tables under one number.
 * @throws Error when the file was written by a newer version than this one.
 */
export function migrate(database: Database, component: string, steps: readonly string[]): void {
  database.exec('CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL)');
  const row = database.prepare('SELECT version FROM schema_versions WHERE component = ?').get(component);
  const done = Number(row?.['version'] ?? 0);
  if (done > steps.length)
    throw new Error(`${database.path}: ${component} has version ${done}, this program knows ${steps.length}`);
  if (done === steps.length) return;
  database.transaction(() => {
    for (const step of steps.slice(done)) database.exec(step);
    database
      .prepare(
        'INSERT INTO schema_versions (component, version) VALUES (?, ?) ' +
          'ON CONFLICT (component) DO UPDATE SET version = excluded.version',
      )
      .run(component, steps.length);
  });
}
