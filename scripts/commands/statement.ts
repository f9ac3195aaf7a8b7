import type { AddCommands, Io } from './command';

interface VerifyFlags {
  readonly record?: string;
  readonly trust?: string;
  readonly csv?: string;
  readonly camt053?: string;
}

/** Verdict → exit code. */
const EXIT = { verified: 0, altered: 1, unreadable: 2, unverified: 3 } as const;
const WORDS = {
  verified: 'VERIFIED 已验证: it adds up, and both members signed exactly these bytes',
  altered: 'ALTERED 已篡改',
  unreadable: 'NO STATEMENT 不是对账单',
  unverified: 'UNVERIFIED 未验证: it adds up; give --record and --trust to check the signatures',
} as const;

/** `concordat statement verify`: recomputes a statement and checks its signatures, offline. */
export const addStatementCommands: AddCommands = (program, io, run) => {
  program
    .command('statement')
    .description('statements: exit 0 verified, 1 altered, 3 unverified, 2 unreadable')
    .command('verify <file>')
    .description("recompute a statement's JSON lines; compare its other files; check its signatures")
    .option('--record <file>', "the statement's record, as GET /v1/statements/{id} answers it")
    .option('--trust <file>', 'trust file with the members’ roots, from outside')
    .option('--csv <file>', 'the CSV that must say the same')
    .option('--camt053 <file>', 'the camt.053 that must say the same')
    .action((file: string, flags: VerifyFlags) => run(() => verify(file, flags, io)));
};

async function verify(file: string, flags: VerifyFlags, { out }: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { verifyStatement } = await import('../../gateway/statements/verify-statement.js');
  const { parseTrustFile } = await import('../../evidence/trust-file.js');
  const text = (name: string): string => readFileSync(name, 'utf8');
  const { record, trust, csv, camt053 } = flags;
  const { verdict, problems } = verifyStatement({
    jsonl: text(file),
    ...(record === undefined ? {} : { record: JSON.parse(text(record)) as never }),
    ...(trust === undefined ? {} : { trust: parseTrustFile(readFileSync(trust)) }),
    ...(csv === undefined ? {} : { csv: text(csv) }),
    ...(camt053 === undefined ? {} : { camt053: text(camt053) }),
  });
  for (const { code, place } of problems) out(`✗ ${code}  ${place}`);
  out(WORDS[verdict]);
  return EXIT[verdict];
}
