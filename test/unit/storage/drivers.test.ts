import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One suite for both drivers. Each runs in a process of its own, because a process chooses its driver once; the
 * process prints what it saw, and the two must have seen the same.
 */
const SUITE = `
const { openDatabase, driverName } = require(process.argv[1]);
const folder = process.argv[2];
const path = require('node:path').join(folder, 'suite.db');
const seen = [];
const say = (name, value) => seen.push([name, value]);
const codeOf = (work) => { try { work(); return 'done'; } catch (error) { return error.code ?? error.name; } };
let db = openDatabase(path);
db.exec('CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, b BLOB, x REAL)');
const put = db.prepare('INSERT OR REPLACE INTO t VALUES (?, ?, ?, ?)');
say('changes', put.run('a', 1, Uint8Array.of(0, 255, 1), null).changes);
put.run('b', 9007199254740991, new Uint8Array(), null);
put.run('中文x', -1, Uint8Array.of(7), null);
const row = db.prepare('SELECT * FROM t WHERE k = ?').get('a');
say('row', [row.k, Number(row.n), [...row.b], row.b instanceof Uint8Array, row.x]);
say('none', db.prepare('SELECT * FROM t WHERE k = ?').get('zz') === undefined);
say('big', String(db.prepare('SELECT n FROM t WHERE k = ?').get('b').n));
say('all', db.prepare('SELECT k FROM t ORDER BY k').all().map(({ k }) => k.length));
say('rolled back', codeOf(() => db.transaction(() => { put.run('c', 1, new Uint8Array(), null); throw new Error('no'); })));
say('after rollback', db.prepare('SELECT count(*) AS n FROM t').get().n === 3);
say('committed', db.transaction(() => { put.run('d', 1, new Uint8Array(), null); return 'value'; }));
const told = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?), (?, ?, ?, ?) ON CONFLICT (k) DO NOTHING RETURNING k');
say('returning', told.all('a', 1, new Uint8Array(), null, 'e', 1, new Uint8Array(), null).map(({ k }) => k));
db.exec("DELETE FROM t WHERE k = 'e'");
say('bad sql', codeOf(() => db.exec('NO SUCH THING')));
say('constraint', codeOf(() => db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run('a', 1, new Uint8Array(), null)));
db.close();
db = openDatabase(path);
say('reopened', Number(db.prepare('SELECT count(*) AS n FROM t').get().n));
db.exec('PRAGMA max_page_count = 16');
let full = 'done';
for (let i = 0; i < 100 && full === 'done'; i++) full = codeOf(() => db.transaction(() => put2(i)));
function put2(i) { db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run('f' + i, i, new Uint8Array(3000), null); }
say('full', full);
db.exec('PRAGMA max_page_count = 100000');
say('works again', codeOf(() => db.transaction(() => put2('x'))));
db.close();
say('garbage', codeOf(() => openDatabase(process.argv[3]).prepare('SELECT 1 FROM t').get()));
process.stdout.write(JSON.stringify({ driver: driverName(), seen }));
`;

describe('SQLite drivers', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'concordat-drivers-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (driver: string): { driver: string; seen: [string, unknown][] } | string => {
    const place = mkdtempSync(join(folder, `${driver}-`));
    const garbage = join(place, 'garbage.db');
    writeFileSync(garbage, Buffer.alloc(8_192, 0x42));
    const module = join(process.cwd(), 'dist/network/storage/open-database.js');
    const child = spawnSync(process.execPath, ['-e', SUITE, module, place, garbage], {
      env: { ...process.env, CONCORDAT_SQLITE: driver },
    });
    return child.status === 0
      ? (JSON.parse(child.stdout.toString()) as { driver: string; seen: [string, unknown][] })
      : child.stderr.toString();
  };

  const expected: [string, unknown][] = [
    ['changes', 1],
    ['row', ['a', 1, [0, 255, 1], true, null]],
    ['none', true],
    ['big', '9007199254740991'],
    ['all', [1, 1, 3]],
    ['rolled back', 'Error'],
    ['after rollback', true],
    ['committed', 'value'],
    ['returning', ['e']],
    ['bad sql', 'OTHER'],
    ['constraint', 'OTHER'],
    ['reopened', 4],
    ['full', 'FULL'],
    ['works again', 'done'],
    ['garbage', 'CORRUPT'],
  ];

  it('the WebAssembly driver', () => {
    const result = run('wasm');
    if (typeof result === 'string') throw new Error(result);
    expect(result).to.deep.equal({ driver: 'wasm', seen: expected });
  });

  it('the native driver, where it was built', function () {
    const result = run('better');
    if (typeof result === 'string') {
      if (!/better-sqlite3|bindings|NODE_MODULE_VERSION/.test(result)) throw new Error(result);
      console.log('      skipped: better-sqlite3 is not installed here');
      return this.skip();
    }
    expect(result).to.deep.equal({ driver: 'better', seen: expected });
  });

  it('refuses a driver that is none', () => {
    expect(run('oracle')).to.match(/CONCORDAT_SQLITE must be/);
  });
});
