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
  const report = new ReportBuilder();
  for (const text of NOT_PROVEN) report.leaveOpen(text);
  const verification = new Verification(bytes, trust, cache, report);
  for (const step of STEPS) {
    if (!report.run(step, () => verification[step]())) break;
  }
  return report.finish();
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
    this.report.note('PACKAGE_READ', `case ${this.#evidence.caseId}`);
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
    checkCase(this.#records, this.#evidence.caseId, this.#checked, this.report);
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
}
