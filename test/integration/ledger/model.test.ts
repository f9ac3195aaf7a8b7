import { expect } from 'chai';
import { peer } from '@hyperledger/fabric-protos';
import type { Contract } from '@hyperledger/fabric-gateway';
import { ProbeNetwork } from '../../support/ledger/probe-network';

/** One transaction of the random sequences: what it reads, and what it writes from that. */
type Operation =
  | { readonly fn: 'put'; readonly args: readonly [key: string, value: string] }
  | { readonly fn: 'remove'; readonly args: readonly [key: string] }
  | { readonly fn: 'copy'; readonly args: readonly [from: string, to: string] }
  | { readonly fn: 'count'; readonly args: readonly [from: string, to: string, target: string] };

interface Versioned {
  readonly value: string;
  readonly version: number;
}

/** Fabric's rules of conflict in a few lines, written from its documentation and apart from the ledger's own code. */
class Model {
  #state = new Map<string, Versioned>();
  #clock = 0;

  get entries(): [string, string][] {
    return [...this.#state].map(([key, { value }]): [string, string] => [key, value]).sort();
  }

  /** Simulates all on the same state, then commits them in order; tells each one's code. */
  block(operations: readonly Operation[]): string[] {
    const snapshot = new Map(this.#state);
    const simulated = operations.map((operation) => simulate(snapshot, operation));
    // What an earlier transaction of the block wrote conflicts even if it deleted what was not there.
    const updated = new Set<string>();
    return simulated.map(({ reads, range, writes }) => {
      const isStale = [...reads].some(
        ([key, version]) => updated.has(key) || this.#state.get(key)?.version !== version,
      );
      if (isStale) return 'MVCC_READ_CONFLICT';
      if (range !== undefined && JSON.stringify(inRange(this.#state, range)) !== JSON.stringify(range.found)) {
        return 'PHANTOM_READ_CONFLICT';
      }
      for (const [key, value] of writes) {
        updated.add(key);
        if (value === undefined) this.#state.delete(key);
        else this.#state.set(key, { value, version: ++this.#clock });
      }
      return 'VALID';
    });
  }
}

interface Range {
  readonly from: string;
  readonly to: string;
  readonly found: readonly (readonly [key: string, version: number])[];
}
interface Simulated {
  readonly reads: ReadonlyMap<string, number | undefined>;
  readonly range?: Range;
  readonly writes: ReadonlyMap<string, string | undefined>;
}

function inRange(state: ReadonlyMap<string, Versioned>, { from, to }: Pick<Range, 'from' | 'to'>): [string, number][] {
  return [...state]
    .filter(([key]) => from <= key && key < to)
    .map(([key, { version }]): [string, number] => [key, version])
    .sort();
}

function simulate(state: ReadonlyMap<string, Versioned>, { fn, args }: Operation): Simulated {
  switch (fn) {
    case 'put':
      return { reads: new Map(), writes: new Map([[args[0], args[1]]]) };
    case 'remove':
      return { reads: new Map(), writes: new Map([[args[0], undefined]]) };
    case 'copy': {
      const read = state.get(args[0]);
      return { reads: new Map([[args[0], read?.version]]), writes: new Map([[args[1], `${read?.value ?? ''}+`]]) };
    }
    case 'count': {
      const bounds = { from: args[0], to: args[1] };
      const found = inRange(state, bounds);
      return { reads: new Map(), range: { ...bounds, found }, writes: new Map([[args[2], String(found.length)]]) };
    }
  }
}

/** Every block is cut by its count, so that what belongs together cannot be torn apart by a slow machine. */
const BLOCK = 8;

const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** A random block of operations over few keys, so that they meet. */
function randomBlock(random: (below: number) => number): Operation[] {
  const key = (): string => KEYS[random(KEYS.length)]!;
  return Array.from({ length: 2 + random(5) }, (): Operation => {
    const kind = random(10);
    if (kind < 4) return { fn: 'put', args: [key(), `v${random(1_000)}`] };
    if (kind < 6) return { fn: 'remove', args: [key()] };
    if (kind < 9) return { fn: 'copy', args: [key(), key()] };
    return { fn: 'count', args: ['a', key(), `n${random(3)}`] };
  });
}

describe('the embedded ledger against a model of its rules', function () {
  this.timeout(120_000);
  const probe = new ProbeNetwork();
  let contract: Contract;
  before(async () => {
    await probe.prepare({ idleCutsAtOnce: false, timeoutMs: 20_000, maxMessageCount: BLOCK });
    await probe.start();
    contract = probe.network('AlphaMSP').getContract('probe');
  });
  after(() => probe.discard());

  /** Endorses a block's operations on one state and orders them together. */
  async function play(operations: readonly Operation[]): Promise<string[]> {
    const endorsed = [];
    const fillers = Array.from({ length: BLOCK - operations.length }, (): Operation => ({
      fn: 'put',
      args: ['filler', 'x'],
    }));
    for (const { fn, args } of [...operations, ...fillers]) {
      endorsed.push(await contract.newProposal(`Probe:${fn}`, { arguments: [...args] }).endorse());
    }
    const commits = [];
    for (const transaction of endorsed) commits.push(await transaction.submit());
    const statuses = await Promise.all(commits.map((commit) => commit.getStatus()));
    expect(new Set(statuses.map(({ blockNumber }) => blockNumber)).size, 'all in one block').to.equal(1);
    return statuses
      .slice(0, operations.length)
      .map(({ code }) => Object.entries(peer.TxValidationCode).find(([, value]) => (value as number) === code)![0]);
  }

  for (const seed of [1, 20_261_126, 777]) {
    it(`30 random blocks of seed ${seed} end as the model says`, async () => {
      let state = seed;
      const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
      const model = new Model();
      for (const key of [...KEYS, 'n0', 'n1', 'n2']) await play([{ fn: 'remove', args: [key] }]);
      for (let block = 0; block < 30; block++) {
        const operations = randomBlock(random);
        expect(await play(operations), `block ${block}: ${JSON.stringify(operations)}`).to.deep.equal(
          model.block(operations),
        );
      }
      for (const key of [...KEYS, 'n0', 'n1', 'n2']) {
        const value = Buffer.from(await contract.evaluateTransaction('Probe:get', key)).toString();
        expect(value, key).to.equal(model.entries.find(([name]) => name === key)?.[1] ?? '');
      }
    });
  }
});
