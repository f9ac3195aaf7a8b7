import { expect } from 'chai';
import { Command } from 'commander';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvidenceReport } from '../../../evidence/report';
import { trustFileText } from '../../../evidence/trust-file';
import { addEvidenceCommands } from '../../../scripts/commands/evidence';
import { evidenceFixture } from '../../support/evidence/fixture';

/** Runs one command line; 2 stands for what the program prints as one line. */
async function concordat(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  let code = -1;
  let done: Promise<void> = Promise.resolve();
  const program = new Command().exitOverride();
  addEvidenceCommands(program, { out: (line) => lines.push(line), err: () => undefined, isTerminal: false }, (work) => {
    done = work().then(
      (answer) => {
        code = answer ?? 0;
      },
      () => {
        code = 2;
      },
    );
    return done;
  });
  await program.parseAsync(['node', 'concordat', ...args]);
  await done;
  return { code, lines };
}

describe('concordat evidence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-evidence-'));
  const file = (name: string): string => join(folder, name);
  before(async function () {
    this.timeout(120_000);
    const { bytes, trust, consortium } = await evidenceFixture();
    writeFileSync(file('case.json'), bytes);
    writeFileSync(file('trust.json'), trustFileText(trust));
    writeFileSync(file('other.json'), trustFileText({ ...trust, genesisHash: '0'.repeat(64) }));
    writeFileSync(file('wrong.json'), '{}');
    writeFileSync(file('genesis.block'), consortium.network.material.genesisBlock);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, code, ...args] of [
    ['verified', 0, 'case.json', '--trust', 'trust.json'],
    ['rejected', 1, 'case.json', '--trust', 'other.json'],
    ['rejected for another file', 1, 'trust.json', '--trust', 'trust.json'],
    ['unverified without a trust file', 3, 'case.json'],
    ['unreadable', 2, 'nowhere.json'],
    ['unreadable trust file', 2, 'case.json', '--trust', 'wrong.json'],
  ] as const) {
    it(`verify answers ${code}: ${name}`, async () => {
      const paths = args.map((arg) => (arg.endsWith('.json') ? file(arg) : arg));
      expect((await concordat('evidence', 'verify', ...paths)).code).to.equal(code);
    });
  }

  it('verify prints every step with its number, in both languages, or the report as JSON', async () => {
    const args = ['evidence', 'verify', file('case.json'), '--trust', file('trust.json')];
    const { lines } = await concordat(...args);
    const text = lines.join('\n');
    for (let step = 1; step <= 13; step++) expect(text).to.match(new RegExp(`✓ ${String(step).padStart(2)} `));
    expect(text).to.match(/[\u4e00-\u9fff]/);
    const report = JSON.parse((await concordat(...args, '--json')).lines.join('')) as EvidenceReport;
    expect(report.verdict).to.equal('verified');
  });

  it('trust writes what verify takes', async () => {
    expect((await concordat('evidence', 'trust', file('genesis.block'), '--out', file('made.json'))).code).to.equal(0);
    expect(readFileSync(file('made.json'))).to.deep.equal(readFileSync(file('trust.json')));
    const printed = await concordat('evidence', 'trust', file('genesis.block'));
    expect(`${printed.lines.join('')}\n`).to.equal(readFileSync(file('trust.json'), 'utf8'));
    expect((await concordat('evidence', 'trust', file('case.json'))).code).to.equal(2);
  });

  it('blocks judges a folder of raw blocks', async () => {
    expect((await concordat('evidence', 'blocks', 'test/vectors/fabric-3.1.5')).code).to.equal(3);
    const wrong = ['evidence', 'blocks', 'test/vectors/fabric-3.1.5', '--trust', file('trust.json')];
    expect((await concordat(...wrong)).code).to.equal(1);
  });
});
