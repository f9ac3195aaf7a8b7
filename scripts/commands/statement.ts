import type { TrustFile } from '../../evidence/trust-file';
import type { AddCommands, Io } from './command';

interface VerifyFlags {
  readonly record?: string;
  readonly evidence?: string;
  readonly trust?: string;
  readonly csv?: string;
  readonly camt053?: string;
}

/** Verdict → exit code. */
const EXIT = { verified: 0, altered: 1, unreadable: 2, unverified: 3 } as const;
const WORDS = {
  verified: 'VERIFIED 已验证: it adds up, and both members signed exactly these bytes',
  altered: 'DOES NOT HOLD 不成立: altered, or not what the ledger holds, as named above',
  unreadable: 'NO STATEMENT 不是对账单',
  unverified: 'UNVERIFIED 未验证: it adds up; give --trust with --evidence or --record to check the signatures',
} as const;
const ON_LEDGER =
  'VERIFIED 已验证: it adds up, both members signed exactly these bytes, and the ledger committed to them';
const TRUST = ['--trust <file>', 'trust file with the members’ roots, from outside'] as const;
const EVIDENCE = [
  '--evidence <file>',
  "the statement's evidence package: checks what the ledger committed to",
] as const;

/** `concordat statement ...`: recomputes a statement, checks its signatures and the ledger's commitment, offline. */
export const addStatementCommands: AddCommands = (program, io, run) => {
  const statement = program
    .command('statement')
    .description('statements: exit 0 verified, 1 altered, 3 unverified, 2 unreadable');
  statement
    .command('verify <file>')
    .description("recompute a statement's JSON lines; compare its other files; check its signatures and the ledger")
    .option('--record <file>', "the statement's record, as GET /v1/statements/{id} answers it")
    .option(...EVIDENCE)
    .option(...TRUST)
    .option('--csv <file>', 'the CSV that must say the same')
    .option('--camt053 <file>', 'the camt.053 that must say the same')
    .action((file: string, flags: VerifyFlags) => run(() => verify(file, flags, io)));
  statement
    .command('prove <file>')
    .description('prove from the JSON lines and the record that an entry is, or is not, in a statement')
    .requiredOption('--end-to-end-id <id>', 'the entry')
    .requiredOption('--record <file>', "the statement's record, whose signatures the proof carries")
    .action((file: string, flags: ProveFlags) => run(() => prove(file, flags, io)));
  statement
    .command('verify-proof <file>')
    .description('check such a proof: exit 0 verified, 1 it does not hold, 3 nobody’s roots were given, 2 unreadable')
    .option(...EVIDENCE)
    .option(...TRUST)
    .action((file: string, flags: ProofFlags) => run(() => verifyProofFile(file, flags, io)));
};

type ProofFlags = Pick<VerifyFlags, 'evidence' | 'trust'>;

interface ProveFlags {
  readonly endToEndId: string;
  readonly record: string;
}

async function prove(file: string, { endToEndId, record }: ProveFlags, { out }: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { parseStatement } = await import('../../gateway/statements/parse-statement.js');
  const { sourceOf } = await import('../../gateway/statements/verify-statement.js');
  const { proveEntry } = await import('../../gateway/statements/entry-proof.js');
  const source = sourceOf(parseStatement(readFileSync(file, 'utf8')));
  const { groups } = JSON.parse(readFileSync(record, 'utf8')) as { groups: { signatures: never } };
  const streamed = {
    ...source,
    async *segments() {
      await Promise.resolve();
      yield* source.segments();
    },
  };
  out(JSON.stringify(await proveEntry(streamed, groups.signatures, endToEndId), null, 2));
  return 0;
}

async function verifyProofFile(file: string, flags: ProofFlags, { out }: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { verifyProof } = await import('../../gateway/statements/entry-proof.js');
  const { proofOnLedger } = await import('../../gateway/statements/proof-on-ledger.js');
  const { ledgerLines, problemLines } = await import('../../gateway/statements/render-verdict.js');
  const proof = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof verifyProof>[0];
  const trust = await readTrust(flags.trust);
  const evidence = flags.evidence === undefined ? undefined : readFileSync(flags.evidence);
  const alone = verifyProof(proof, trust);
  const onLedger =
    alone.length > 0 || evidence === undefined ? { problems: alone } : proofOnLedger(proof, evidence, trust);
  for (const line of problemLines(onLedger.problems)) out(line);
  if (onLedger.problems.length > 0) return alone.some(({ code }) => code === 'PROOF_UNREADABLE') ? 2 : 1;
  const { kind, endToEndId, date, currency, pair } = proof;
  const said = kind === 'inclusion' ? 'IS in 存在于' : 'is NOT in 不存在于';
  const what = `${endToEndId} ${said} ${pair.join(' / ')} ${date} ${currency}`;
  out(`${trust === undefined ? 'UNVERIFIED 未验证: give --trust; ' : 'VERIFIED 已验证: '}${what}`);
  for (const line of ledgerLines(onLedger.commitment, what)) out(line);
  return trust === undefined ? 3 : 0;
}

async function verify(file: string, flags: VerifyFlags, { out }: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { verifyStatement } = await import('../../gateway/statements/verify-statement.js');
  const { ledgerLines, problemLines } = await import('../../gateway/statements/render-verdict.js');
  const text = (name: string): string => readFileSync(name, 'utf8');
  const { record, csv, camt053 } = flags;
  const trust = await readTrust(flags.trust);
  const { verdict, problems, commitment } = verifyStatement({
    jsonl: text(file),
    ...(record === undefined ? {} : { record: JSON.parse(text(record)) as never }),
    ...(flags.evidence === undefined ? {} : { evidence: readFileSync(flags.evidence) }),
    ...(trust === undefined ? {} : { trust }),
    ...(csv === undefined ? {} : { csv: text(csv) }),
    ...(camt053 === undefined ? {} : { camt053: text(camt053) }),
  });
  for (const line of problemLines(problems)) out(line);
  out(verdict === 'verified' && commitment !== undefined ? ON_LEDGER : WORDS[verdict]);
  const isShown = problems.length === 0 || flags.evidence === undefined;
  if (isShown) for (const line of ledgerLines(commitment, RECOMPUTED)) out(line);
  return EXIT[verdict];
}

const RECOMPUTED =
  'Every entry, segment, total and the root, recomputed from the file. / 由文件重新计算条目、分段、合计与根值。';

async function readTrust(file: string | undefined): Promise<TrustFile | undefined> {
  const { readFileSync } = await import('node:fs');
  const { parseTrustFile } = await import('../../evidence/trust-file.js');
  return file === undefined ? undefined : parseTrustFile(readFileSync(file));
}
