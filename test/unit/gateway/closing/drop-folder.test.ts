import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DropFolder, type PostFile } from '../../../../gateway/closing/drop-folder';
import { HttpProblem } from '../../../../gateway/http/problem';
import { ledgerError } from '../../../../gateway/ports/ledger-port';

const LANE = 'a'.repeat(32);

describe('the drop folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'concordat-drop-'));
    mkdirSync(join(folder, LANE));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, content = 'x'): void => writeFileSync(join(folder, LANE, name), content);
  const taken: string[] = [];
  const taking: PostFile = async (lane, { mediaType, reference }) => {
    taken.push(`${mediaType} ${reference}`);
    return { lane };
  };
  const drop = (post = taking): DropFolder => {
    taken.length = 0;
    return new DropFolder({ folder, post });
  };

  it('takes files in the order of their names, and moves them with their result beside them', async () => {
    put('b.csv');
    put('a.ndjson', 'xyz');
    const files = await drop().run();
    expect(files.map(({ file, outcome }) => `${file} ${outcome}`)).to.deep.equal(['a.ndjson done', 'b.csv done']);
    expect(taken).to.deep.equal([`application/x-ndjson drop/${LANE}/a.ndjson/3`, `text/csv drop/${LANE}/b.csv/1`]);
    expect(readdirSync(join(folder, LANE, 'done')).sort()).to.deep.equal([
      'a.ndjson',
      'a.ndjson.result.json',
      'b.csv',
      'b.csv.result.json',
    ]);
    expect(await drop().run()).to.deep.equal([]);
  });

  it('leaves alone what is still being written, and what it does not know', async () => {
    for (const name of ['a.csv.part', '.hidden.csv', 'readme.txt']) put(name);
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'a.csv'), 'x');
    expect(await drop().run()).to.deep.equal([]);
  });

  it('moves a refused file aside, with what is wrong with it', async () => {
    put('a.csv');
    const problems = [{ line: 2, pointer: '/amountMinor', code: 'AMOUNT_INVALID' as const }];
    const refusing: PostFile = async () => {
      throw new HttpProblem('BULK_LINES_INVALID', {}, problems as never);
    };
    expect(await drop(refusing).run()).to.deep.equal([
      { lane: LANE, file: 'a.csv', outcome: 'refused', code: 'BULK_LINES_INVALID' },
    ]);
    const result = JSON.parse(readFileSync(join(folder, LANE, 'refused', 'a.csv.result.json'), 'utf8')) as object;
    expect(result).to.deep.include({ code: 'BULK_LINES_INVALID' });
  });

  it('leaves a file whose outcome nobody knows where it is, to be looked up under the same reference', async () => {
    put('a.csv');
    const unknown: PostFile = async () => {
      throw ledgerError('unknown', 'OUTCOME_UNKNOWN');
    };
    const failed = await drop(unknown)
      .run()
      .catch((error: { code?: string }) => error.code);
    expect(failed).to.equal('OUTCOME_UNKNOWN');
    expect(existsSync(join(folder, LANE, 'a.csv'))).to.equal(true);
  });
});
