import 'reflect-metadata';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { startGateway } from '../../../gateway/compose/start-gateway';
import { dieAt, type KillPoint } from './kill-points';

/** One gateway as a process of its own, for tests that kill it, or let it die at a point of its own work. */
async function main(): Promise<void> {
  const point = process.argv[3];
  if (point !== undefined) dieAt(point as KillPoint);
  const gateway = await startGateway(JSON.parse(process.argv[2] ?? '') as GatewayConfig);
  process.send?.({ url: gateway.url });
}

main().catch((error: Error) => {
  process.send?.({ failed: error.message });
  process.exit(1);
});
