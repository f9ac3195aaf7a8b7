import type { BackTest } from '../../gateway/reconciliation/back-test';
import type { BackTestDay, BackTestResult } from '../../gateway/reconciliation/back-test-days';
import type { Reconciliation } from '../../gateway/reconciliation/matching/result';
import type { LoadedFiles } from '../../gateway/reconciliation/reconcile-files';
import type { RuleSet } from '../../gateway/reconciliation/rules/rule-set';
import type { Io } from './command';
import { requireDate, rulesOf, whole, withFiles, type LoadFiles, type ReconcileFlags } from './reconcile-inputs';

/** One pair of files under two rule sets: which matches appear and disappear. */
export async function compare(
  loaded: LoadedFiles,
  rules: RuleSet,
  other: RuleSet,
  load: LoadFiles,
  flags: ReconcileFlags,
  { out }: Io,
): Promise<number> {
  const { backTest } = await import('../../gateway/reconciliation/back-test.js');
  const limit = whole(flags.limit, '--limit');
  await underBoth(loaded, rules, other, load, flags, (before, after) => {
    const found = backTest(before, after);
    if (flags.json === true) out(JSON.stringify(found, null, 2));
    else for (const line of backTestLines(found, limit)) out(line);
  });
  return 0;
}

/**
 * Past days under two rule sets, files in pairs: what appears and disappears each day, and the digest a second person
 * approves.
 */
export async function backTestCommand(files: readonly string[], flags: ReconcileFlags, io: Io): Promise<number> {
  const { BACK_TEST_FORMAT, MAX_BACK_TEST_DAYS, backTestBytes, backTestDay } =
    await import('../../gateway/reconciliation/back-test-days.js');
  const { ruleSetDigest } = await import('../../gateway/reconciliation/rules/parse-rule-set.js');
  if (flags.compareRules === undefined) throw new Error('back-test takes the new rules as --compare-rules FILE');
  if (files.length === 0 || files.length % 2 !== 0) throw new Error('back-test takes files in pairs: ours, theirs');
  if (files.length > MAX_BACK_TEST_DAYS * 2) throw new Error(`back-test takes at most ${MAX_BACK_TEST_DAYS} days`);
  const [rules, other] = [await rulesOf(flags.rules), await rulesOf(flags.compareRules)];
  await requireDate(flags.asOf);
  const days: BackTestDay[] = [];
  for (let at = 0; at < files.length; at += 2) {
    const pair = [files[at] as string, files[at + 1] as string] as const;
    await withFiles(pair, rules, flags, io, async (loaded, _progress, load) => {
      await underBoth(loaded, rules, other, load, flags, (before, after) => void days.push(backTestDay(before, after)));
      return 0;
    });
  }
  const side = (of: RuleSet): BackTestResult['before'] => ({
    id: of.id,
    version: of.version,
    digest: ruleSetDigest(of),
  });
  const result: BackTestResult = { format: BACK_TEST_FORMAT, before: side(rules), after: side(other), days };
  const bytes = backTestBytes(result);
  if (flags.json === true) io.out(Buffer.from(bytes).toString('utf8'));
  else await print(result, bytes, whole(flags.limit, '--limit'), io);
  return 0;
}

async function print(result: BackTestResult, bytes: Uint8Array, limit: number, { out }: Io): Promise<void> {
  const { sha256Hex } = await import('../../chaincode/domain/hash.js');
  const { before, after, days } = result;
  for (const { asOf, inputs, ...day } of days) {
    out(`${asOf}  ${inputs.ours.slice(0, 16)}… | ${inputs.theirs.slice(0, 16)}…`);
    const found = {
      ...day,
      before: { ...before, matches: day.before },
      after: { ...after, matches: day.after },
    };
    for (const line of backTestLines(found, limit)) out(`  ${line}`);
  }
  out(`back-test 回测  ${sha256Hex(bytes)}`);
}

/** Rules that read the files differently need them read again. */
async function underBoth(
  loaded: LoadedFiles,
  rules: RuleSet,
  other: RuleSet,
  load: LoadFiles,
  flags: ReconcileFlags,
  take: (before: Reconciliation, after: Reconciliation) => void,
): Promise<void> {
  const { reconcile } = await import('../../gateway/reconciliation/reconcile-files.js');
  const asOf = flags.asOf === undefined ? {} : { asOf: flags.asOf };
  const before = reconcile(loaded, { rules, ...asOf });
  const isReadAlike = rules.date === other.date && JSON.stringify(rules.normalise) === JSON.stringify(other.normalise);
  const again = isReadAlike ? loaded : await load(other);
  try {
    take(before, reconcile(again, { rules: other, ...asOf }));
  } finally {
    if (again !== loaded) await again.close();
  }
}

function backTestLines({ before, after, kept, appear, disappear }: BackTest, limit: number): string[] {
  const side = ({ id, version, digest, matches }: BackTest['before']): string =>
    `${id} ${version} (${digest.slice(0, 16)}…): ${matches}`;
  const list = (sign: string, items: BackTest['appear']): string[] => [
    ...items
      .slice(0, limit)
      .map(
        ({ rule, ours, theirs, residualMinor }) =>
          `${sign} ${rule} ${ours.join(',')} | ${theirs.join(',')} ${residualMinor}`,
      ),
    ...(items.length > limit ? [`${sign} … ${items.length - limit}`] : []),
  ];
  return [
    `before 之前  ${side(before)}`,
    `after 之后   ${side(after)}`,
    `kept 保留 ${kept}, appear 新增 ${appear.length}, disappear 消失 ${disappear.length}`,
    ...list('+', appear),
    ...list('-', disappear),
  ];
}
