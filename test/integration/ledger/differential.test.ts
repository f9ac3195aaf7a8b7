import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCK_SIZE, OperationPlayer } from '../../support/ledger/operation-player';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

/** Traces that a real network gave; `CONCORDAT_RECORD=1` writes them anew where a release is found. */
const VECTORS = join(process.cwd(), 'test', 'vectors', 'random-sequences');
const SEEDS = [1, 20_261_126, 777];
const BLOCKS = 30;
const OPTIONS = { idleCutsAtOnce: false, timeoutMs: 20_000, maxMessageCount: BLOCK_SIZE };

/** A sequence nobody has seen yet; `CONCORDAT_SEED` plays one again. */
const freshSeed = Number(process.env['CONCORDAT_SEED'] ?? Math.floor(Date.now() / 1_000) % 1_000_000_000);

describe('random sequences of transactions', function () {
  this.timeout(300_000);
  const probe = new ProbeNetwork();
  let embedded: OperationPlayer;
  before(async () => {
    await probe.prepare(OPTIONS);
    await probe.start();
    embedded = new OperationPlayer(probe);
  });
  after(() => probe.discard());

  for (const seed of SEEDS) {
    it(`seed ${seed}: codes, responses and read-write sets are those a real network gave`, async () => {
      const recorded = readFileSync(join(VECTORS, `${seed}.txt`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(recorded.length).to.be.greaterThan(BLOCKS);
      expect(await embedded.play(seed, BLOCKS)).to.deep.equal(recorded);
    });
  }

  describe('beside a real network', () => {
    const realProbe = new ProbeNetwork();
    let real: OperationPlayer;
    before(async function () {
      const release = releaseOrSkip(this);
      await realProbe.prepare(OPTIONS);
      await realProbe.startReal(release);
      real = new OperationPlayer(realProbe);
    });
    after(() => realProbe.discard());

    for (const seed of [...SEEDS, freshSeed]) {
      it(`seed ${seed}${seed === freshSeed ? ' (fresh)' : ''}: both give the same`, async () => {
        const trace = await real.play(seed, BLOCKS);
        if (process.env['CONCORDAT_RECORD'] === '1' && SEEDS.includes(seed)) {
          mkdirSync(VECTORS, { recursive: true });
          writeFileSync(join(VECTORS, `${seed}.txt`), `${trace.join('\n')}\n`);
        }
        const again = seed === freshSeed ? await embedded.play(seed, BLOCKS) : recordedOf(seed);
        expect(again).to.deep.equal(trace);
      });
    }
  });
});

function recordedOf(seed: number): string[] {
  return readFileSync(join(VECTORS, `${seed}.txt`), 'utf8')
    .trimEnd()
    .split('\n');
}
