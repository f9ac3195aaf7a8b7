import { Option } from 'commander';
import type { AddCommands, Io } from './command';

export interface StartFlags {
  readonly basePort: string;
  /** `.concordat`, or `.concordat-fabric` with a real network, when absent. */
  readonly data?: string;
  readonly ledger: 'embedded' | 'fabric';
  readonly bin?: string;
  readonly demo: boolean;
  readonly exit: boolean;
}

/** `concordat start`, `demo` and `cheat`: the demonstration consortium on this machine. */
export const addStartCommands: AddCommands = (program, io, run) => {
  const placed = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option('--base-port <port>', 'first of 55 ports on loopback', '17000')
      .option('--data <folder>', 'where state, keys and files lie (.concordat, or .concordat-fabric)')
      .addOption(new Option('--ledger <kind>', 'what runs below').choices(['embedded', 'fabric']).default('embedded'));
  placed('start', 'start ledger, contracts and a gateway per member; play the demonstration; stay up until Ctrl-C')
    .option('--bin <folder>', "with --ledger fabric: Fabric's binaries (FABRIC_BIN, or the PATH, when absent)")
    .option('--no-demo', 'do not play the demonstration')
    .option('--exit', 'stop when the demonstration has been played')
    .action((flags: StartFlags) => run(() => start(flags, io)));
  placed('demo', 'play the demonstration against a running start').action((flags: StartFlags) =>
    run(async () => (await import('../start/attached.js')).playAttached(flags, io)),
  );
  placed('cheat', 'try a second financing and an altered evidence package against a running start').action(
    (flags: StartFlags) => run(async () => (await import('../start/attached.js')).cheatAttached(flags, io)),
  );
};

async function start(flags: StartFlags, io: Io): Promise<number> {
  const { startDemonstration } = await import('../start/start-demonstration.js');
  return startDemonstration(flags, io);
}
