import { createLogger, format, transports, type Logger, type transport } from 'winston';

/** Everything a log line may hold. What is not listed is dropped, whoever passes it: bodies and names never reach a log. */
const ALLOWED = [
  'timestamp',
  'level',
  'message',
  'event',
  'method',
  'route',
  'status',
  'durationMs',
  'requestId',
  'code',
  'transactionId',
  'member',
  'userId',
  'blockNumber',
  'port',
  'fault',
] as const;
const MAX_LENGTH = 200;

const allowList = format((info) => {
  const line = info as unknown as Record<string | symbol, unknown>;
  for (const name of Object.keys(line)) {
    const value = line[name];
    if (!(ALLOWED as readonly string[]).includes(name)) delete line[name];
    else if (typeof value === 'string') line[name] = value.slice(0, MAX_LENGTH).replace(/[\u0000-\u001f\u007f]/gu, '?');
    else if (typeof value !== 'number' && typeof value !== 'boolean') delete line[name];
  }
  return info;
});

export interface LogOptions {
  readonly member: string;
  readonly level: 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** A file beside the gateway's data; the console when absent. */
  readonly file?: string;
  /** For tests. */
  readonly to?: transport;
}

/** One gateway's log: JSON lines with allowed fields only. `message` is a fixed text of ours, never a caller's. */
export function createLog(options: LogOptions): Logger {
  const target =
    options.to ??
    (options.file === undefined
      ? new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })
      : new transports.File({ filename: options.file, maxsize: 16_777_216, maxFiles: 4, tailable: true }));
  return createLogger({
    level: options.level === 'silent' ? 'error' : options.level,
    silent: options.level === 'silent',
    defaultMeta: { member: options.member },
    format: format.combine(format.timestamp(), allowList(), format.json()),
    transports: [target],
  });
}

/** What may be told of a fault: its class and where in our code it arose; its message may be private. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frame =
    /\(?([^()\s]*?(?:gateway|chaincode|network|evidence)[\\/][^()\s]+:\d+):\d+\)?/.exec(error.stack ?? '')?.[1] ?? '';
  return `${error.name} ${frame.split(/[\\/]/).slice(-3).join('/')}`.trim();
}
