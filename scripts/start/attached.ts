import type { Io } from '../commands/command';
import type { StartFlags } from '../commands/start';
import { playDemonstration } from '../demo/demonstration';
import { Stage } from '../demo/stage';
import { secondFinancing } from '../demo/steps-finance';
import { gatewayPort, loadConsortium, MEMBERS } from './consortium';
import { verify, verifyPackages, writeTrustFile } from './offline-proof';
import { loadSecrets } from './secrets';
import { placeOf } from './start-demonstration';

type Place = Pick<StartFlags, 'basePort' | 'data' | 'ledger'>;

/** Plays the demonstration against gateways that are up already. */
export async function playAttached(place: Place, io: Io): Promise<number> {
  const stage = await attach(place, io);
  if (stage.state['completed'] === 'yes') io.out('The demonstration was played before; its records are there.');
  await playDemonstration(stage);
  await verifyPackages(stage, io);
  return 0;
}

/** Tries what must not work; answers 0 when everything was refused. */
export async function cheatAttached(place: Place, io: Io): Promise<number> {
  const stage = await attach(place, io);
  const financing = await secondFinancing(stage, `cheat-${Date.now()}`);
  io.out(`A second bank claims the invoice that is financed already: ${financing}`);
  const { code, output } = await verify(stage, 'case-altered.evidence.json');
  io.out(`An evidence package with one digit changed: exit code ${code}\n${output.trimEnd()}`);
  return code === 1 ? 0 : 1;
}

async function attach(flags: Place, io: Io): Promise<Stage> {
  const consortium = loadConsortium(placeOf(flags));
  const urls = Object.fromEntries(
    MEMBERS.map(({ mspId }) => [mspId, `http://127.0.0.1:${gatewayPort(consortium, mspId)}`]),
  );
  const isUp = await fetch(`${urls['PlatformMSP'] ?? ''}/livez`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isUp) throw new Error('nothing answers there: run "bash scripts/start.sh" first, with the same --base-port');
  const secrets = loadSecrets(consortium.dataFolder);
  const stage = await Stage.open({
    dataFolder: consortium.dataFolder,
    urls,
    secrets,
    say: (line) => io.out(`  ${line}`),
  });
  writeTrustFile(consortium, stage);
  return stage;
}
