import type { RecordIndex } from '../ports/record-index';

/** One thing that must hold before a gateway takes work. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly code: string;
}

export interface HealthSources {
  readonly index: Pick<RecordIndex, 'state'>;
  /** Number of blocks on the own peer. */
  readonly peerHeight: () => Promise<bigint>;
  /** Genesis hash the registry states. */
  readonly registryGenesisHash: () => Promise<string>;
  readonly isStopping: () => boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Whether the gateway can work: index at the peer's height, and the registry's network is the one block 0 began.
 *
 * A gateway on another network would have parties sign for that one.
 */
export async function readiness(sources: HealthSources): Promise<readonly ReadinessCheck[]> {
  const [height, genesis, state] = await Promise.all([
    answer(sources.peerHeight()),
    answer(sources.registryGenesisHash()),
    answer(sources.index.state()),
  ]);
  return [
    check('accepting', !sources.isStopping(), 'GATEWAY_STOPPING'),
    check('database', state !== undefined, 'DATABASE_UNAVAILABLE'),
    check('peer', height !== undefined, 'PEER_UNAVAILABLE'),
    check('stream', state?.connected === true, state?.lastError ?? 'STREAM_BROKEN'),
    check('index', height !== undefined && state !== undefined && state.height >= height, 'INDEX_BEHIND'),
    check(
      'network',
      genesis !== undefined && genesis === state?.genesisHash,
      genesis === undefined ? 'NETWORK_NOT_SET' : 'NETWORK_DIFFERS',
    ),
  ];
}

function check(name: string, ok: boolean, code: string): ReadinessCheck {
  return { name, ok, code: ok ? 'OK' : code };
}

async function answer<T>(question: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([question, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
