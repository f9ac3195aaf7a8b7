import { ChainView } from './chain-view';
import { NOT_PROVEN, STEPS, type Step } from './checks';
import { ConfigCache } from './config-cache';
import type { EvidencePackage } from './package-format';
import { parsePackage } from './parse-package';
import { ReportBuilder, type EvidenceReport } from './report';
import { checkChain, checkGenesis, checkOrderers } from './steps/blocks';
import { checkCase } from './steps/case';
import { checkCodes } from './steps/codes';
import { openRecords, type OpenRecord } from './steps/content';
import { checkOriginals } from './steps/originals';
import { checkReceipts, type Receipt } from './steps/receipts';
import { checkSequences } from './steps/sequence';
import { checkSignatures } from './steps/signatures';
import { checkStatementRecord } from './steps/statement';
import { checkTransactions, type CheckedTransactions } from './steps/transactions';
import { checkTransitions, type Steps } from './steps/transitions';
import type { TrustFile } from './trust-file';

/**
 * Verifies an evidence package against what the reader trusts; never touches a network, never throws for any bytes.
 *
 * The steps run in their order and stop at the first that fails, because each rests on those before it. Without a
 * trust file the best answer is `unverified`. Give one `ConfigCache` to verify many packages of one network.
 * @see docs/EVIDENCE.md
 */
export function verifyEvidence(bytes: Uint8Array, trust?: TrustFile, cache = new ConfigCache()): EvidenceReport {
  return examineEvidence(bytes, trust, cache).report;
}

/** What a package that was not rejected has established, for whoever holds something else against it. */
export interface Established {
  readonly channel: string;
  readonly genesisHash: string;
  /** Number of the last block the package commits to. */
  readonly height: number;
  readonly records: readonly OpenRecord[];
  /** Number of the block that holds a writing transaction. */
  readonly blockOf: (transactionId: string) => number;
  /** Members whose peers stated a record's complete history. */
  readonly witnesses: (recordId: string) => readonly string[];
}

/** The same with what was established; nothing is, of a package that is rejected. */
export function examineEvidence(
  bytes: Uint8Array,
  trust?: TrustFile,
  cache = new ConfigCache(),
): { readonly report: EvidenceReport; readonly established?: Established } {
  const report = new ReportBuilder();
  for (const text of NOT_PROVEN) report.leaveOpen(text);
  const verification = new Verification(bytes, trust, cache, report);
  for (const step of STEPS) {
    if (!report.run(step, () => verification[step]())) break;
  }
  const finished = report.finish();
  return finished.verdict === 'rejected'
    ? { report: finished }
    : { report: finished, established: verification.established() };
}

/** What one verification has established so far; one method for each step. */
class Verification implements Record<Step, () => void> {
  #evidence!: EvidencePackage;
  #chain!: ChainView;
  #genesisHash!: string;
  #checked!: CheckedTransactions;
  #receipts!: Map<string, Receipt>;
  #records!: OpenRecord[];
  #steps!: Steps;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly trust: TrustFile | undefined,
    private readonly cache: ConfigCache,
    private readonly report: ReportBuilder,
  ) {}

  package(): void {
    this.#evidence = parsePackage(this.bytes);
    const { kind, id } = this.#evidence.subject;
    this.report.note('PACKAGE_READ', `${kind} ${id}`);
  }

  genesis(): void {
    this.#chain = new ChainView(this.#evidence, this.cache);
    this.#genesisHash = checkGenesis(this.#chain, this.#evidence.channel, this.trust, this.report);
  }

  chain(): void {
    checkChain(this.#chain, this.#evidence.dataHashes, this.report);
  }

  orderer(): void {
    checkOrderers(this.#chain, this.trust, this.report);
  }

  transactions(): void {
    this.#checked = checkTransactions(this.#chain, this.#evidence, this.report);
  }

  receipts(): void {
    this.#receipts = checkReceipts(this.#chain, this.#evidence, this.report);
  }

  codes(): void {
    checkCodes(this.#chain, this.#checked, this.#receipts, this.report);
  }

  sequence(): void {
    const { records, channel } = this.#evidence;
    checkSequences(records, channel, this.#checked, this.#receipts, this.report);
  }

  groups(): void {
    this.#records = openRecords(this.#evidence.records, this.report);
  }

  case(): void {
    const { kind, id } = this.#evidence.subject;
    if (kind === 'case') checkCase(this.#records, id, this.#checked, this.report);
  }

  transitions(): void {
    this.#steps = checkTransitions(this.#records, this.#checked, this.report);
  }

  signatures(): void {
    const circumstances = { genesisHash: this.#genesisHash, checked: this.#checked };
    checkSignatures(this.#records, this.#steps, circumstances, this.report);
  }

  originals(): void {
    checkOriginals(this.#evidence.originals, this.#records, this.report);
  }

  statement(): void {
    const { kind, id } = this.#evidence.subject;
    if (kind === 'statement') checkStatementRecord(this.#records, id, this.#checked, this.report);
  }

  established(): Established {
    return {
      channel: this.#evidence.channel,
      genesisHash: this.#genesisHash,
      height: this.#evidence.dataHashes.length / 32 - 1,
      records: this.#records,
      blockOf: (transactionId) => this.#checked.writers.get(transactionId)?.place.block ?? 0,
      witnesses: (recordId) => this.#receipts.get(recordId)?.members ?? [],
    };
  }
}
