import { Option } from 'commander';
import type { AddCommands, Io } from './command';

interface BenchFlags {
  readonly transactions: string;
  readonly inFlight: string;
  readonly entries: string;
  readonly basePort: string;
  readonly only?: readonly string[];
  readonly network: 'embedded' | 'real';
  readonly embedded?: boolean;
  readonly requests: string;
  readonly hotRequests: string;
  readonly real?: boolean;
  readonly bin?: string;
}

interface ReconcileBenchFlags {
  readonly entries: string;
  readonly mix: 'pairs' | 'groups';
  readonly seed: string;
  readonly format: 'csv' | 'jsonl';
  readonly workTables?: string;
}

/** `concordat bench`: speed and size on this machine, as JSON on standard output. */
export const addBenchCommands: AddCommands = (program, io, run) => {
  const command = program
    .command('bench')
    .description('measure speed and size on this machine; JSON, with both numbers of each ratio')
    .option('--transactions <count>', 'puts at full load', '100000')
    .option('--in-flight <count>', 'requests at once', '300')
    .option('--entries <count>', 'settlement entries of a file, a statement and a day', '100000')
    .option('--base-port <port>', 'first of 55 ports for the consortium', '19000')
    .option('--only <name...>', 'put, entries, statement, day, gateway')
    .addOption(
      new Option('--network <ledger>', 'where the gateway is measured')
        .choices(['embedded', 'real'])
        .default('embedded'),
    )
    .option('--embedded', 'the same as --network embedded')
    .option('--requests <count>', 'single operations in each of two rounds, through the gateway and without it', '2000')
    .option('--hot-requests <count>', 'requests of 200, then of 600 clients on one lane, an entry each', '2000')
    .option('--real', 'put on a real Fabric network too, for the ratio of both in one run')
    .option('--bin <folder>', "with --real: Fabric's binaries (FABRIC_BIN, or the PATH, when absent)")
    .action((flags: BenchFlags) => run(() => bench(flags, io)));
  command.enablePositionalOptions(); // both have --entries: after the name it is the subcommand's
  command
    .command('reconcile')
    .description('match seeded files with known truth: speed, memory and quality; exit 1 when the quality fails')
    .option('--entries <count>', 'entries of each side', '1000000')
    .addOption(new Option('--mix <mix>', 'how many groups there are').choices(['pairs', 'groups']).default('pairs'))
    .option('--seed <number>', 'of the files', '1')
    .addOption(new Option('--format <format>', 'of their file').choices(['csv', 'jsonl']).default('csv'))
    .option('--work-tables <url>', 'postgres://…; SQLite when absent')
    .action((flags: ReconcileBenchFlags) => run(() => reconcileBench(flags, io)));
};

async function reconcileBench(flags: ReconcileBenchFlags, io: Io): Promise<number> {
  const { benchReconcile } = await import('../bench/reconcile-bench.js');
  const { isGood, result } = await benchReconcile({
    entries: Number(flags.entries),
    mix: flags.mix,
    seed: Number(flags.seed),
    format: flags.format,
    workTables: flags.workTables,
    say: io.err,
  });
  io.out(JSON.stringify(result, null, 2));
  return isGood ? 0 : 1;
}

async function bench(flags: BenchFlags, io: Io): Promise<void> {
  await import('reflect-metadata');
  const { cpus, totalmem } = await import('node:os');
  const { driverName } = await import('../../network/storage/open-database.js');
  const say = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else io.err(text);
  };
  const isWanted = (name: string): boolean => flags.only === undefined || flags.only.includes(name);
  const entries = Number(flags.entries);
  const results: Record<string, unknown> = {
    machine: {
      cores: cpus().length,
      processor: cpus()[0]?.model,
      gigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      sqlite: driverName(),
    },
  };
  if (isWanted('put')) results['put'] = await measuredPut(flags, say);
  if (isWanted('entries')) {
    say(`${entries} entries through the contract`);
    const { benchEntries } = await import('../bench/entries-bench.js');
    results['entries'] = await benchEntries(entries, Number(flags.basePort));
  }
  if (isWanted('statement')) {
    say(`a statement of ${entries} entries`);
    results['statement'] = await (await import('../bench/statement-bench.js')).benchStatement(entries);
  }
  if (isWanted('day')) {
    say(`a business day of ${entries} entries`);
    results['day'] = await (await import('../bench/day-bench.js')).benchDay(entries, Number(flags.basePort));
  }
  if (isWanted('gateway')) results['gateway'] = await measuredGateway(flags, say);
  say('');
  io.out(JSON.stringify(results, null, 2));
}

/** The put measurement with its targets; a ratio is always shown with both of its numbers. */
async function measuredPut(flags: BenchFlags, say: (text: string) => void): Promise<object> {
  const { benchPut } = await import('../bench/put-bench.js');
  const inFlight = Number(flags.inFlight);
  const result = await benchPut({ transactions: Number(flags.transactions), inFlight, say });
  const { nativeSigning, stockSigning, oneInFlight, firstCommitSeconds, ledgerMegabytes } = result;
  const real = flags.real === true ? await measuredReal(flags, say) : undefined;
  return {
    inFlight,
    ...result,
    ...(real && { real }),
    targets: {
      perSecond: { measured: nativeSigning.perSecond, atLeast: 600 },
      p50OneInFlightMs: { measured: oneInFlight.p50, atMost: 30 },
      firstCommitSeconds: { measured: firstCommitSeconds, atMost: 2 },
      ledgerMegabytes: { measured: ledgerMegabytes.resident, atMost: 300, after: ledgerMegabytes.transactions },
    },
    ratios: {
      nativeToStockSigning: {
        native: nativeSigning.perSecond,
        stock: stockSigning.perSecond,
        ratio: ratio(nativeSigning.perSecond, stockSigning.perSecond),
      },
      ...(real && {
        embeddedToReal: {
          embedded: nativeSigning.perSecond,
          real: real.nativeSigning.perSecond,
          ratio: ratio(nativeSigning.perSecond, real.nativeSigning.perSecond),
        },
      }),
    },
  };
}

async function measuredGateway(flags: BenchFlags, say: (text: string) => void): Promise<object> {
  const { benchGateway } = await import('../bench/gateway-bench.js');
  return benchGateway({
    ledger: flags.network === 'real' && flags.embedded !== true ? 'fabric' : 'embedded',
    bin: flags.bin,
    requests: Number(flags.requests),
    inFlight: Number(flags.inFlight),
    entries: Number(flags.entries),
    hotRequests: Number(flags.hotRequests),
    basePort: Number(flags.basePort),
    say,
  });
}

async function measuredReal(flags: BenchFlags, say: (text: string) => void) {
  const { findRelease } = await import('../../network/fabric/release.js');
  const { benchRealPut } = await import('../bench/put-bench.js');
  const release = findRelease(flags.bin);
  return benchRealPut(release, { transactions: Number(flags.transactions), inFlight: Number(flags.inFlight), say });
}

function ratio(one: number, other: number): number {
  return Math.round((one / other) * 100) / 100;
}
