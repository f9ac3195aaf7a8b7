import { createServer } from 'node:net';

/** A port this start needs, and what for. */
export interface NeededPort {
  readonly port: number;
  readonly what: string;
}

/** The needed ports that something else listens on already. */
export async function busyPorts(needed: readonly NeededPort[]): Promise<NeededPort[]> {
  const free = await Promise.all(needed.map(({ port }) => isFree(port)));
  return needed.filter((_, index) => !free[index]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** What a person reads when ports are busy: which, what for, how to find the owner, how to choose others. */
export function busyPortMessage(busy: readonly NeededPort[]): string {
  const rows = busy.map(({ port, what }) => `  port ${port} (${what}) is in use`);
  return [
    ...rows,
    'Stop what listens there (lsof -i :PORT or ss -ltnp shows it), or choose another range:',
    '  bash scripts/start.sh --base-port 18000',
  ].join('\n');
}
