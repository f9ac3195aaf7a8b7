import type { AddCommands, Io } from './command';

/** `concordat gateway start`: one member's gateway, as its operator runs it. */
export const addGatewayCommands: AddCommands = (program, io, run) => {
  const gateway = program.command('gateway').description("one member's gateway alone");
  gateway
    .command('start')
    .description('serve the member of a configuration file (docs/examples/gateway.yaml)')
    .requiredOption('--config <file>', 'configuration, YAML or JSON')
    .action(({ config }: { config: string }) => run(() => runGateway(config, io)));
};

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
