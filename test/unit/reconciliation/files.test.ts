import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../../chaincode/domain/hash';
import type { Json } from '../../../chaincode/domain/json';
import { leafHash, merkleRoot } from '../../../chaincode/domain/merkle';
import { backTest } from '../../../gateway/reconciliation/back-test';
import {
  BACK_TEST_FORMAT,
  backTestBytes,
  backTestDay,
  summariseBackTest,
  type BackTestResult,
} from '../../../gateway/reconciliation/back-test-days';
import type { WorkPlace } from '../../../gateway/reconciliation/matching/work-tables';
import { loadFiles, reconcile, SideRefused } from '../../../gateway/reconciliation/reconcile-files';
import { ReportFiles } from '../../../gateway/reconciliation/report/report-files';
import { makeReport } from '../../../gateway/reconciliation/report/write-report';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { ReportSummary } from '../../../gateway/reconciliation/report/report-summary';
import { AS_OF, BENCH_RULES, generateBooks } from '../../../scripts/bench/reconcile-generator';
import { judge } from '../../../scripts/bench/reconcile-quality';
import { needPostgres, sharedPostgres } from '../../support/postgres/each-database';
import { match, rulesWith } from '../../support/reconciliation/books';

const folder = mkdtempSync(join(tmpdir(), 'concordat-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Matches two files and writes the report; gives the summary. */
async function report(
  ours: string,
  theirs: string,
  out: string,
  place: WorkPlace,
  limits = { maxEntries: 1_000_000, maxRefusedLines: 100 },
): Promise<ReportSummary> {
  const options = { rules: BENCH_RULES, asOf: AS_OF, place, limits };
  const loaded = await loadFiles({ ours: { path: ours, options: {} }, theirs: { path: theirs, options: {} } }, options);
  try {
    const files = new ReportFiles(out);
    const summary = await makeReport(reconcile(loaded, options), loaded.readers, [files], files.report);
    files.end();
    return summary;
  } finally {
    await loaded.close();
  }
}

const sqlite = (name: string): WorkPlace => ({ kind: 'sqlite', folder: join(folder, name) });

describe('two files with known truth', () => {
  for (const [mix, format, seed] of [
    ['pairs', 'csv', 5],
    ['groups', 'jsonl', 6],
  ] as const) {
    it(`${mix}, ${format}: no false match, every group, every break with its code; same bytes again`, async () => {
      const books = await generateBooks(join(folder, mix), 8_000, seed, mix, format);
      const one = await report(books.ours, books.theirs, join(folder, mix, 'one'), sqlite('work'));
      const other = await report(books.ours, books.theirs, join(folder, mix, 'other'), sqlite('work'));
      expect(other).to.deep.equal(one);
      for (const file of ['report.jsonl', 'matches.csv', 'breaks.csv']) {
        expect(
          readFileSync(join(folder, mix, 'one', file)).equals(readFileSync(join(folder, mix, 'other', file))),
          file,
        ).to.equal(true);
      }
      expect(readdirSync(join(folder, 'work'))).to.deep.equal([]);
      const quality = await judge(books.truth, join(folder, mix, 'one', 'report.jsonl'));
      expect(quality).to.deep.include({ precision: 1, missed: {}, notPlanted: {} });
      expect(quality.matches.false).to.equal(0);
      expect(quality.groups.recall).to.equal(1);
      expect(quality.breaks.planted).to.be.greaterThan(100);
    });
  }

  it('the generator writes the same bytes for a seed, and others for another', async () => {
    const bytes = async (name: string, seed: number): Promise<string> => {
      const { ours, theirs, truth } = await generateBooks(join(folder, name), 2_000, seed, 'groups');
      return [ours, theirs, truth].map((file) => readFileSync(file, 'utf8')).join();
    };
    expect(await bytes('a', 1)).to.equal(await bytes('b', 1));
    expect(await bytes('c', 2)).to.not.equal(await bytes('a', 1));
  });

  it('the judge sees a false match, a missed group and a wrong code', async () => {
    const truth = join(folder, 'judged-truth.jsonl');
    const made = join(folder, 'judged-report.jsonl');
    const lines = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');
    writeFileSync(
      truth,
      lines([
        { ours: [1], theirs: [1], code: null, plant: 'pair' },
        { ours: [2], theirs: [2, 3], code: null, plant: 'group' },
        { ours: [3], theirs: [], code: 'MISSING_EXTERNAL', plant: 'missing' },
      ]),
    );
    writeFileSync(
      made,
      lines([
        { kind: 'match', ours: [1], theirs: [2] },
        { kind: 'break', ours: [3], theirs: [], code: 'TIMING' },
      ]),
    );
    expect(await judge(truth, made)).to.deep.equal({
      matches: { planted: 2, found: 0, false: 1 },
      precision: 0,
      groups: { planted: 1, found: 0, recall: 0 },
      breaks: { planted: 1, found: 0, wrong: 1 },
      missed: { missing: 1, pair: 1, group: 1 },
      notPlanted: { TIMING: 1 },
    });
  });

  it('a report large enough for a hashing thread has the same root', async () => {
    const books = await generateBooks(join(folder, 'large'), 51_000, 3, 'pairs');
    const { root } = await report(books.ours, books.theirs, join(folder, 'large', 'out'), sqlite('large-work'));
    const lines = readFileSync(join(folder, 'large', 'out', 'report.jsonl'), 'utf8')
      .split('\n')
      .slice(1, -2);
    expect(merkleRoot(lines.map((line) => leafHash(Buffer.from(line)))).toString('hex')).to.equal(root);
  });

  it('a limit that is passed names the side and the limit', async () => {
    const books = await generateBooks(join(folder, 'limited'), 500, 3, 'pairs');
    const limits = { maxEntries: 100, maxRefusedLines: 10 };
    const error = await report(
      books.ours,
      books.theirs,
      join(folder, 'limited', 'out'),
      sqlite('limited'),
      limits,
    ).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(SideRefused);
    expect((error as SideRefused).reason).to.include({ code: 'ENTRIES_TOO_MANY', limit: 100 });
  });

  it('work tables in PostgreSQL give the same bytes, and leave nothing behind', async function () {
    needPostgres(this);
    const { url } = await sharedPostgres();
    const books = await generateBooks(join(folder, 'pg'), 1_500, 4, 'groups');
    const one = await report(books.ours, books.theirs, join(folder, 'pg', 'sqlite'), sqlite('pg-work'));
    const other = await report(books.ours, books.theirs, join(folder, 'pg', 'postgres'), {
      kind: 'postgres',
      url,
      run: 'test',
    });
    expect(other).to.deep.equal(one);
    const { Client } = await import('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    const left = await client.query(
      "select 1 from information_schema.schemata where schema_name like 'concordat_work_%'",
    );
    await client.end();
    expect(left.rows).to.deep.equal([]);
  });
});

describe('back-test of a rule change', () => {
  it('tells which matches appear and disappear', async () => {
    const ours = [{ endToEndId: 'A' }, { endToEndId: 'B', amount: 50_000 }, { party: 'P' }];
    const theirs = [
      { endToEndId: 'A' },
      { endToEndId: 'B', amount: 50_005 },
      { party: 'P', bookingDate: '2026-11-04' },
    ];
    const before = await match(ours, theirs, rulesWith({ kind: 'amountDate', dateWindowDays: 2 }));
    const after = await match(ours, theirs, rulesWith({ kind: 'tolerance', relativeBasisPoints: 0 }, { version: '2' }));
    const narrow = await match(ours, theirs, rulesWith({ kind: 'amountDate', dateWindowDays: 1 }, { version: '3' }));
    const one = backTest(before.result, after.result);
    expect(one).to.deep.include({ kept: 2, appear: [] });
    expect(one.disappear.map(({ ours: lines, rule }) => [lines, rule])).to.deep.equal([[[2], 'tolerance']]);
    const other = backTest(narrow.result, before.result);
    expect(other.appear.map(({ ours: lines, rule }) => [lines, rule])).to.deep.equal([[[3], 'amountDate']]);
    expect(other.before).to.deep.include({ version: '3', matches: 2 });
    expect(other.after).to.deep.include({ version: '1', matches: 3 });
    expect(backTest(before.result, before.result)).to.deep.include({ kept: 3, appear: [], disappear: [] });
  });
});

describe('back-test of past days', () => {
  const result = async (): Promise<BackTestResult> => {
    const [ours, theirs] = [
      [{ endToEndId: 'A' }, { party: 'P' }],
      [{ endToEndId: 'A' }, { party: 'P' }],
    ];
    const before = await match(ours, theirs);
    const after = await match(ours, theirs, {
      ...DEFAULT_RULE_SET,
      version: '2',
      passes: [DEFAULT_RULE_SET.passes[1]!],
    });
    const side = ({ rules, rulesDigest: digest }: typeof before.result): BackTestResult['before'] => ({
      id: rules.id,
      version: rules.version,
      digest,
    });
    const days = [backTestDay(before.result, after.result), backTestDay(before.result, before.result)];
    return { format: BACK_TEST_FORMAT, before: side(before.result), after: side(after.result), days };
  };

  it('counts over days, and its digest is that of its bytes', async () => {
    const found = await result();
    const again = await result();
    expect(Buffer.from(backTestBytes(again)).equals(Buffer.from(backTestBytes(found)))).to.equal(true);
    const json = JSON.parse(Buffer.from(backTestBytes(found)).toString('utf8')) as Json;
    expect(summariseBackTest(json, found.after.digest)).to.deep.equal({
      digest: sha256Hex(backTestBytes(found)),
      days: 2,
      inputs: ['0'.repeat(64)],
      before: found.before.digest,
      kept: 3,
      appear: 0,
      disappear: 1,
    });
  });

  it('of other rules, or of no known form, is none', async () => {
    const found = JSON.parse(Buffer.from(backTestBytes(await result())).toString('utf8')) as Record<string, Json>;
    const { digest } = found['after'] as { digest: string };
    const [day] = found['days'] as Record<string, Json>[];
    for (const wrong of [
      null,
      [],
      { ...found, format: 'v0' },
      { ...found, days: [] },
      { ...found, days: Array.from({ length: 93 }, () => day!) },
      { ...found, days: [{ ...day, kept: -1 }] },
      { ...found, days: [{ ...day, appear: 'many' }] },
      { ...found, days: [{ ...day, inputs: { ours: 'x', theirs: 'y' } }] },
      { ...found, before: {} },
    ] as unknown as Json[]) {
      expect(summariseBackTest(wrong, digest), JSON.stringify(wrong).slice(0, 60)).to.equal(undefined);
    }
    expect(summariseBackTest(found, 'f'.repeat(64))).to.equal(undefined);
  });
});

describe('concordat reconcile', () => {
  const run = (...args: string[]): { status: number | null; out: string; err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/concordat.js', 'reconcile', ...args], {
      encoding: 'utf8',
    });
    return { status, out: stdout, err: stderr };
  };
  const OURS = 'docs/examples/reconcile/ours.csv';
  const THEIRS = 'docs/examples/reconcile/theirs.jsonl';

  it('the example of the documentation: breaks in a table, exit code 1', () => {
    const { status, out } = run(OURS, THEIRS);
    expect(status).to.equal(1);
    for (const code of [
      'AMOUNT_UNDER',
      'CURRENCY_MISMATCH',
      'DUPLICATE',
      'MISSING_INTERNAL',
      'TIMING',
      'DATA_INVALID',
    ]) {
      expect(out).to.include(code);
    }
    expect(out).to.include('matches: 4 (amountDate 1, endToEndId 1, remittance 1, uetr 1)');
  });

  it('undoes a match, and leaves it apart from then on', () => {
    const { status, out } = run(OURS, THEIRS, '--undo', '2');
    expect(status).to.equal(0);
    const file = join(folder, 'undone.jsonl');
    writeFileSync(file, out);
    const next = run(OURS, THEIRS, '--unmatched', file);
    expect(next.status).to.equal(1);
    expect(next.out).to.match(/^MATCH_UNDONE +2 +1 /m);
    expect(next.out).to.include('matches: 3 ');
    expect(run(OURS, THEIRS, '--undo', '8').status, 'a line in no match').to.equal(2);
    writeFileSync(file, 'no json');
    expect(run(OURS, THEIRS, '--unmatched', file)).to.include({ status: 2 });
  });

  it('tests new rules on past days, and gives the digest that is approved', () => {
    const rules = ['--compare-rules', 'docs/examples/reconcile/rules.json'];
    const { status, out } = run('back-test', ...rules, OURS, THEIRS, OURS, THEIRS);
    expect(status).to.equal(0);
    expect(out.match(/appear 新增 1, disappear 消失 0/g)).to.have.length(2);
    expect(out).to.include('+ fee:wire 9 | 7 1500');
    const json = run('back-test', '--json', ...rules, OURS, THEIRS, OURS, THEIRS).out.trimEnd();
    expect(out.trimEnd().endsWith(sha256Hex(Buffer.from(json)))).to.equal(true);
    expect(run('back-test', ...rules, OURS).status).to.equal(2);
    expect(run('back-test', OURS, THEIRS).status).to.equal(2);
  });

  it('rules of its own, Chinese, and a limit', () => {
    const { status, out } = run(
      OURS,
      THEIRS,
      '--rules',
      'docs/examples/reconcile/rules.json',
      '--language',
      'zh',
      '--limit',
      '1',
    );
    expect(status).to.equal(1);
    expect(out).to.include('差异').and.to.include('另有');
    expect(out).to.include('fee:wire 1');
  });

  it('a file against itself has no breaks: exit code 0', () => {
    expect(run(OURS, OURS)).to.deep.include({ status: 0 });
  });

  it('--out writes the three files, --dry-run none', () => {
    const out = join(folder, 'cli-out');
    expect(run(OURS, THEIRS, '--out', out, '--dry-run').status).to.equal(1);
    expect(() => readdirSync(out)).to.throw();
    const { out: text } = run(OURS, THEIRS, '--out', out, '--json');
    expect(readdirSync(out).sort()).to.deep.equal(['breaks.csv', 'matches.csv', 'report.jsonl']);
    const trailer = JSON.parse(readFileSync(join(out, 'report.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!) as object;
    expect(trailer).to.deep.equal({ kind: 'trailer', ...(JSON.parse(text) as object) });
  });

  it('a text that a spreadsheet would run is written as a text', () => {
    const out = join(folder, 'formula');
    mkdirSync(out);
    const row = 'currency,amountMinor,direction,bookingDate,text\nUSD,1,credit,2026-11-02,"=cmd|\' /c calc\'!A1"\n';
    writeFileSync(join(out, 'ours.csv'), row);
    writeFileSync(join(out, 'theirs.csv'), 'currency,amountMinor,direction,bookingDate\n');
    run(join(out, 'ours.csv'), join(out, 'theirs.csv'), '--out', out, '--as-of', '2026-12-31');
    expect(readFileSync(join(out, 'breaks.csv'), 'utf8'))
      .to.include(`"'=cmd`)
      .and.to.not.match(/,=/);
  });

  it('--compare-rules is a back-test', () => {
    const { status, out } = run(OURS, THEIRS, '--compare-rules', 'docs/examples/reconcile/rules.json');
    expect(status).to.equal(0);
    expect(out).to.include('kept 保留 4, appear 新增 1, disappear 消失 0').and.to.include('+ fee:wire 9 | 7 1500');
  });

  for (const [title, args, said] of [
    ['a file that is not there', ['nowhere', THEIRS], 'ours: SOURCE_UNREADABLE'],
    ['a file of no such format', [OURS, 'README.md'], 'theirs: SOURCE_FORMAT_UNKNOWN'],
    ['rules that are none', [OURS, THEIRS, '--rules', OURS], 'RULES_NOT_JSON'],
    ['a date that is none', [OURS, THEIRS, '--as-of', '2026-02-30'], '--as-of'],
  ] as const) {
    it(`${title}: exit code 2`, () => {
      const { status, err } = run(...args);
      expect(err).to.include(said);
      expect(status).to.equal(2);
    });
  }

  it('prints the default rule set', () => {
    expect(JSON.parse(run('rules').out)).to.deep.equal(DEFAULT_RULE_SET);
  });
});
