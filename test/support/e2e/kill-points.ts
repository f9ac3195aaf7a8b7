import { FabricSender } from '../../../gateway/adapters/fabric-gateway/fabric-sender';
import { SqlIdempotencyStore } from '../../../gateway/index/idempotency-store';
import { SqlRecordIndex } from '../../../gateway/index/sql-record-index';
import { Outbox } from '../../../gateway/outbox/outbox';

type Method = (...args: unknown[]) => unknown;

/** The steps of one write between which a gateway can die, in their order. */
export const KILL_POINTS = [
  'the key is noted',
  'it is endorsed',
  'it is stored',
  'it is handed to the orderer',
  'it is indexed',
  'its status is seen',
  'its answer is kept',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** Lets this process die, as by SIGKILL, at the first time a write gets to a point. */
export function dieAt(point: KillPoint): void {
  switch (point) {
    case 'the key is noted':
      return after(SqlIdempotencyStore.prototype, 'start');
    case 'it is endorsed':
      return before(Outbox.prototype, 'send');
    case 'it is stored':
      return before(FabricSender.prototype, 'broadcast');
    case 'it is handed to the orderer':
      return after(FabricSender.prototype, 'broadcast');
    case 'it is indexed':
      return onceAfter(FabricSender.prototype, 'broadcast', () => after(SqlRecordIndex.prototype, 'apply'));
    case 'its status is seen':
      return after(FabricSender.prototype, 'status');
    case 'its answer is kept':
      return after(SqlIdempotencyStore.prototype, 'finish');
  }
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function before(prototype: object, name: string): void {
  wrap(prototype, name, (original, self, args) => {
    die();
    return original.apply(self, args);
  });
}

function after(prototype: object, name: string): void {
  onceAfter(prototype, name, die);
}

function onceAfter(prototype: object, name: string, then: () => void): void {
  wrap(prototype, name, (original, self, args) => {
    const result = original.apply(self, args);
    if (!(result instanceof Promise)) {
      then();
      return result;
    }
    return result.then((value: unknown) => {
      then();
      return value;
    });
  });
}

function wrap(prototype: object, name: string, around: (original: Method, self: unknown, args: unknown[]) => unknown) {
  const methods = prototype as Record<string, Method>;
  const original = methods[name] as Method;
  methods[name] = function (this: unknown, ...args: unknown[]): unknown {
    return around(original, this, args);
  };
}
