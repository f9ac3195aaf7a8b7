import 'reflect-metadata';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { startGateway } from '../../../gateway/compose/start-gateway';

/** One gateway as a process of its own, for tests that kill it. */
async function main(): Promise<void> {
  const gateway = await startGateway(JSON.parse(process.argv[2] ?? '') as GatewayConfig);
  process.send?.({ url: gateway.url });
}

main().catch((error: Error) => {
  process.send?.({ failed: error.message });
  process.exit(1);
});
