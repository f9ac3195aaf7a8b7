import type { NetworkDescription } from '../../chaincode/domain/registry';
import type { AddCommands, Io } from './command';

/** `concordat gateway start`: one member's gateway, as its operator runs it. */
export const addGatewayCommands: AddCommands = (program, io, run) => {
  const gateway = program.command('gateway').description("one member's gateway alone");
  gateway
    .command('start')
    .description('serve the member of a configuration file (docs/examples/gateway.yaml)')
    .requiredOption('--config <file>', 'configuration, YAML or JSON')
    .action(({ config }: { config: string }) => run(() => runGateway(config, io)));
  gateway
    .command('describe')
    .description(
      'tell the consortium what its network is, once, before any gateway serves; by the gateway of one member',
    )
    .requiredOption('--config <file>', 'configuration of a gateway that does not run')
    .requiredOption('--members <file>', 'who the members are, YAML or JSON (docs/examples/members.yaml)')
    .action(({ config, members }: { config: string; members: string }) => run(() => describe(config, members, io)));
};

/** What the demonstration's start does for its own network: block 0 and the members, in the registry. */
async function describe(file: string, membersFile: string, { out }: Io): Promise<void> {
  await import('reflect-metadata');
  const { readFileSync } = await import('node:fs');
  const { parse } = await import('yaml');
  const { sha256Hex } = await import('../../chaincode/domain/hash.js');
  const { loadGatewayConfig } = await import('../../gateway/compose/load-config.js');
  const { startGateway } = await import('../../gateway/compose/start-gateway.js');
  const config = loadGatewayConfig(file);
  const { members } = parse(readFileSync(membersFile, 'utf8')) as Pick<NetworkDescription, 'members'>;
  const fingerprintKey = Buffer.from(readFileSync(config.fingerprintKeyFile, 'utf8').trim(), 'hex');
  const gateway = await startGateway(config);
  try {
    const { index, registry, ledger } = gateway.core;
    await index.waitForHeight(0n, 60_000);
    const { genesisHash = '' } = await index.state();
    const { channel } = ledger;
    const fingerprintKeyHash = sha256Hex(fingerprintKey);
    const { blockNumber } = await registry.setNetwork({ channel, genesisHash, members, fingerprintKeyHash });
    out(`network ${channel} of ${members.length} members, block 0 ${genesisHash}, described in block ${blockNumber}`);
  } finally {
    await gateway.stop();
  }
}

/** Serves until it is told to stop. */
async function runGateway(file: string, { out }: Io): Promise<void> {
  await import('reflect-metadata');
  const { loadGatewayConfig } = await import('../../gateway/compose/load-config.js');
  const { startGateway } = await import('../../gateway/compose/start-gateway.js');
  const gateway = await startGateway(loadGatewayConfig(file));
  out(`${gateway.member}  ${gateway.url}  (API /docs, readiness /readyz); stop with Ctrl-C`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  await gateway.stop();
}
