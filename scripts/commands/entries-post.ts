import type { Command } from 'commander';
import type { Io, Run } from './command';
import type { UploadFlags } from './entries-upload';

interface PostFlags extends UploadFlags {
  readonly fromLine: string;
  readonly linesAtOnce: string;
  readonly resume?: boolean;
}

interface Answer {
  readonly complete: boolean;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refusedLines?: readonly { readonly line: number; readonly pointer: string; readonly code: string }[];
}

/** `concordat entries post`: a file of entries to a gateway, part by part, resumable. */
export function addPostCommand(entries: Command, io: Io, run: Run): void {
  entries
    .command('post <file>')
    .description('post NDJSON or CSV to a lane, part by part; run again with the same key it goes on where it stopped')
    .requiredOption('--lane <id>', 'the lane')
    .requiredOption('--gateway <url>', "the member's gateway")
    .requiredOption('--token-file <file>', 'file with a bearer token')
    .option('--key <key>', "idempotency key; the file's name and size when absent")
    .option('--from-line <line>', 'first line to post, header not counted', '1')
    .option('--lines-at-once <count>', 'lines of one part', '12000')
    .option('--resume', 'as an upload: sent from where the gateway has it, posted there whoever hangs up')
    .option('--partial', 'with --resume: post the good lines though others are refused')
    .option('--outcomes <file>', "with --resume: keep every line's outcome, as NDJSON, or CSV by the file's name")
    .option('--entries <count>', 'with --resume: refuse the file unless it has so many entries')
    .option('--amount-minor <sum>', 'with --resume: refuse the file unless its amounts add up to this')
    .option('--part-bytes <count>', 'with --resume: bytes of one part', '4194304')
    .action((file: string, flags: PostFlags) => run(() => (flags.resume === true ? upload : post)(file, flags, io)));
}

async function upload(file: string, flags: PostFlags, io: Io): Promise<number> {
  whole(flags.partBytes, '--part-bytes');
  if (flags.entries !== undefined) whole(flags.entries, '--entries');
  return (await import('./entries-upload.js')).uploadFile(file, flags, io);
}

async function post(file: string, flags: PostFlags, { out, err }: Io): Promise<number> {
  const { readFileSync, statSync } = await import('node:fs');
  const { basename } = await import('node:path');
  const isCsv = !/^\s*\{/.test(readFileSync(file, { encoding: 'utf8' }).slice(0, 100));
  const key = flags.key ?? `${basename(file).replace(/[^!-~]/g, '_')}-${statSync(file).size}`;
  const token = readFileSync(flags.tokenFile, 'utf8').trim();
  const atOnce = whole(flags.linesAtOnce, '--lines-at-once');
  let [posted, known] = [0, 0];
  for await (const { from, text } of parts(file, isCsv, whole(flags.fromLine, '--from-line'), atOnce)) {
    const response = await fetch(`${flags.gateway}/v1/lanes/${flags.lane}/entries`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isCsv ? 'text/csv' : 'application/x-ndjson',
        'idempotency-key': `${key}-${from}`,
      },
      body: text,
    });
    const answer = (await response.json()) as Answer & { readonly code?: string; readonly errors?: readonly object[] };
    if (!response.ok || !answer.complete) {
      err(
        `✗ line ${from} on: ${response.status} ${answer.code ?? 'not complete'} ${JSON.stringify(answer.errors ?? [])}`,
      );
      err(`  put right what it names and run again with --key ${key} --from-line ${from}`);
      return 1;
    }
    posted += answer.accepted;
    known += answer.duplicates;
    err(`${from + atOnce - 1} lines read, ${posted} entries posted`);
  }
  out(`${posted} entries posted, ${known} were there already; key ${key}`);
  return 0;
}

/** The file's lines in parts, each of a CSV with the header. */
async function* parts(
  file: string,
  isCsv: boolean,
  fromLine: number,
  atOnce: number,
): AsyncGenerator<{ readonly from: number; readonly text: string }> {
  const { createReadStream } = await import('node:fs');
  const { createInterface } = await import('node:readline');
  let [line, header, lines] = [0, '', [] as string[]];
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (isCsv && header === '') {
      header = `${text}\n`;
      continue;
    }
    if (text.trim() === '' || ++line < fromLine) continue;
    lines.push(text);
    if (lines.length < atOnce) continue;
    yield { from: line - lines.length + 1, text: `${header}${lines.join('\n')}\n` };
    lines = [];
  }
  if (lines.length > 0) yield { from: line - lines.length + 1, text: `${header}${lines.join('\n')}\n` };
}

function whole(text: string, option: string): number {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new Error(`${option} takes a whole number`);
  return Number(text);
}
