import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FabricNetwork } from '../network/fabric/fabric-network';
import { servicePackageIds } from '../network/fabric/chaincode-package';
import { findReleaseOrNone, type FabricRelease } from '../network/fabric/release';
import { startEmbeddedLedger, type RunningLedger } from '../network/embedded/embedded-ledger';
import { freePorts } from '../network/material/free-ports';
import { toNetworkDefinition, type NetworkDefinition } from '../network/material/network-definition';
import { driverName } from '../network/storage/open-database';

/**
 * Plays the recorded scenario against the embedded ledger, or with `--real` against a real network, and compares what
 * it answers with what a real network answered, once with the recorded keys and once with others.
 */

const ROOT = resolve(__dirname, existsSync(join(__dirname, '..', 'package.json')) ? '..' : '../..');
const MEMBERS = [
  { mspId: 'PlatformMSP', domain: 'platform.test' },
  { mspId: 'BankMSP', domain: 'bank.test' },
  { mspId: 'ArbitrationMSP', domain: 'arbitration.test' },
] as const;
const CHAINCODES = ['probe', 'probe2', 'consent'] as const;

async function main(): Promise<number> {
  const folder = resolve(ROOT, process.env['CONCORDAT_GOLDEN'] ?? '../shared/fabric-golden');
  if (!existsSync(join(folder, 'golden.json'))) {
    console.log(`golden: skipped, there is no recording in ${folder} (set CONCORDAT_GOLDEN to its folder)`);
    return 0;
  }
  const real = process.argv.includes('--real');
  const release = real ? findReleaseOrNone() : undefined;
  if (real && release === undefined) {
    console.log('golden: skipped, no Fabric release found (name its bin folder with FABRIC_BIN)');
    return 0;
  }
  console.log(
    release
      ? `golden: a real network of Fabric ${release.version}`
      : `golden: embedded ledger on SQLite driver "${driverName()}"`,
  );
  let failed = 0;
  for (const prefix of [undefined, `p${randomBytes(4).toString('hex')}`]) {
    if ((await playOnce(folder, prefix, release)) !== 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

async function playOnce(
  golden: string,
  prefix: string | undefined,
  release: FabricRelease | undefined,
): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), 'golden-'));
  const children: ChildProcess[] = [];
  let ledger: { stop(): Promise<void> } | undefined;
  try {
    const definition = await newDefinition(golden, work);
    children.push(...(await startContracts(golden, work, definition)));
    ledger = release ? await startReal(definition, release) : await startEmbedded(definition);
    const environment = { ...process.env, ...(prefix !== undefined && { GOLDEN_PREFIX: prefix }) };
    const recorded = await run(
      join(golden, 'record.mjs'),
      [join(definition.folder, 'material', 'connection.json'), join(golden, 'scenario.mjs')],
      environment,
    );
    const file = join(work, 'ours.json');
    writeFileSync(file, recorded.output);
    if (recorded.code !== 0) console.log(`golden: the recorder ended with code ${recorded.code}\n${recorded.errors}`);
    const compared = await run(join(golden, 'compare.mjs'), [file], environment);
    console.log(`${compared.output.trim()}  (prefix ${prefix ?? 'as recorded'})`);
    if (compared.code !== 0 && process.env['GOLDEN_KEEP']) writeFileSync(process.env['GOLDEN_KEEP'], recorded.output);
    return compared.code;
  } finally {
    await ledger?.stop();
    for (const child of children) child.kill('SIGTERM');
    rmSync(work, { recursive: true, force: true });
  }
}

async function newDefinition(golden: string, work: string): Promise<NetworkDefinition> {
  const ports = await freePorts(MEMBERS.length * (1 + CHAINCODES.length));
  const collections = JSON.parse(readFileSync(join(golden, 'probe', 'collections.json'), 'utf8')) as object[];
  const anyMember = `OR(${MEMBERS.map(({ mspId }) => `'${mspId}.peer'`).join(',')})`;
  const services = (): Record<string, string> =>
    Object.fromEntries(MEMBERS.map(({ mspId }) => [mspId, `127.0.0.1:${ports.pop()}`]));
  return toNetworkDefinition(
    {
      channel: 'trade',
      members: MEMBERS.map((member) => ({
        ...member,
        port: ports.pop(),
        users: [{ name: 'User1' }, { name: 'User2' }, { name: 'Admin', role: 'admin' }],
      })),
      chaincodes: CHAINCODES.map((name) => ({
        name,
        version: '1',
        services: services(),
        ...(name === 'consent' ? { policy: anyMember } : { collections }),
      })),
      block: { maxMessageCount: 200, timeoutMs: 500, idleCutsAtOnce: false },
      folder: join(work, 'network'),
    },
    work,
  );
}

async function startEmbedded(definition: NetworkDefinition): Promise<{ stop(): Promise<void> }> {
  const ledger = await startEmbeddedLedger({ network: definition });
  await waitForContracts(ledger);
  return ledger;
}

/** The same scenario on real nodes: what they answer now must be what was recorded once. */
async function startReal(definition: NetworkDefinition, release: FabricRelease): Promise<{ stop(): Promise<void> }> {
  const network = await FabricNetwork.prepare({ definition, release });
  await network.up();
  return { stop: () => network.down() };
}

/** One process per chaincode and member, as each member runs its own. */
async function startContracts(
  golden: string,
  work: string,
  { chaincodes }: NetworkDefinition,
): Promise<ChildProcess[]> {
  // The contract resolves its libraries from where it lies: beside a link to ours.
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  const contract = join(work, 'contract');
  symlinkSync(join(golden, 'probe'), contract);
  const command = join(ROOT, 'node_modules', 'fabric-shim', 'cli.js');
  const ids = await Promise.all(chaincodes.map((chaincode) => servicePackageIds(chaincode)));
  return chaincodes.flatMap(({ services }, at) =>
    Object.entries(services).map(([mspId, address]) =>
      spawn(
        process.execPath,
        [
          '--preserve-symlinks',
          command,
          'server',
          '--chaincode-address',
          address,
          '--chaincode-id',
          ids[at]?.[mspId] ?? '',
          '--module-path',
          contract,
        ],
        {
          cwd: work,
          env: {
            ...process.env,
            NODE_PATH: join(ROOT, 'node_modules'),
            CORE_PEER_LOCALMSPID: mspId,
            CORE_CHAINCODE_LOGGING_LEVEL: 'error',
          },
          stdio: ['ignore', 'ignore', process.env['GOLDEN_DEBUG'] ? 'inherit' : 'ignore'],
        },
      ),
    ),
  );
}

async function waitForContracts(ledger: RunningLedger): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let missing = await ledger.warmUp(); missing.length > 0; missing = await ledger.warmUp()) {
    if (Date.now() > deadline) throw new Error(`contracts did not start: ${missing.join(', ')}`);
  }
}

function run(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      if (process.env['GOLDEN_DEBUG']) process.stderr.write(text);
    });
    child.on('close', (code) => done({ code: code ?? 1, output, errors }));
  });
}

void main().then((code) => {
  process.exitCode = code;
});
