import { sha256Hex } from '../../chaincode/domain/hash';
import { ConfigCache } from '../../evidence/config-cache';
import {
  packageBytes,
  type EvidenceOriginal,
  type EvidenceRecord,
  type EvidenceSubject,
} from '../../evidence/package-format';
import { referencedDocuments } from '../../evidence/steps/originals';
import { trustFromGenesis, type TrustFile } from '../../evidence/trust-file';
import { verifyEvidence } from '../../evidence/verify-evidence';
import { HttpProblem } from '../http/problem';
import type { DocumentStore } from '../ports/local-stores';
import { LedgerError } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import type { EvidencePackages, EvidenceReport } from '../routes/dependencies';
import type { Receipt, Receipts } from '../services/receipts';
import type { Registry } from '../services/registry';
import { DataHashes } from './data-hashes';
import { disclosedRecords, ownStatement, type DisclosedRecord } from './disclosed-records';
import { BlockShelf } from './needed-blocks';

export interface EvidenceExporterOptions {
  readonly channel: string;
  /** MSP id of the own member: the arbitration body for cases, one of the pair for statements. */
  readonly mspId: string;
  readonly index: RecordIndex;
  readonly receipts: Receipts;
  readonly documents: Pick<DocumentStore, 'get'>;
  readonly registry: Pick<Registry, 'network'>;
}

/** Makes evidence packages: of cases at the arbitration body's gateway, of statements at either member's. @see docs/EVIDENCE.md */
export class EvidenceExporter implements EvidencePackages {
  readonly #options: EvidenceExporterOptions;
  readonly #dataHashes: DataHashes;
  readonly #cache = new ConfigCache();

  constructor(options: EvidenceExporterOptions) {
    this.#options = options;
    this.#dataHashes = new DataHashes(options.receipts);
  }

  /** @throws HttpProblem EVIDENCE_INCOMPLETE; LedgerError rejected, unavailable. */
  async package(caseId: string): Promise<Uint8Array> {
    return this.#package({ kind: 'case', id: caseId }, await disclosedRecords(this.#options.index, caseId));
  }

  /** @throws HttpProblem STATEMENT_INCOMPLETE; LedgerError rejected, unavailable. */
  async statementPackage(id: string): Promise<Uint8Array> {
    return this.#package({ kind: 'statement', id }, [await ownStatement(this.#options.index, id)]);
  }

  async #package(subject: EvidenceSubject, disclosed: readonly DisclosedRecord[]): Promise<Uint8Array> {
    const { channel, index, receipts } = this.#options;
    const restsOnDay = subject.kind === 'statement';
    const incomplete = (record: string): HttpProblem =>
      new HttpProblem(restsOnDay ? 'STATEMENT_INCOMPLETE' : 'EVIDENCE_INCOMPLETE', { record });
    const histories = new Map<string, Receipt>();
    for (const record of disclosed) histories.set(record.id, await this.#history(record));
    const records = disclosed.map((record) => {
      const written = withTransactions(record, histories.get(record.id) as Receipt);
      if (written === undefined) throw incomplete(record.id);
      return written;
    });
    const shelf = new BlockShelf(receipts);
    await shelf.take(0);
    for (const { id, versions } of records) {
      for (const { transactionId } of versions) {
        const transaction = await index.transaction(transactionId);
        if (transaction === undefined) throw incomplete(id);
        await shelf.takeWriter(Number(transaction.blockNumber), transaction.txNumber, restsOnDay);
      }
    }
    const last = Math.max(...shelf.blocks.map(({ number }) => number));
    return packageBytes({
      channel,
      subject,
      dataHashes: await this.#dataHashes.upTo(last),
      blocks: shelf.blocks,
      receipts: [...histories].map(([record, { envelope }]) => ({ record, envelope })),
      records,
      originals: await this.#originals(records),
    });
  }

  async report(caseId: string): Promise<EvidenceReport> {
    const bytes = await this.package(caseId);
    return verifyEvidence(bytes, await this.trust(), this.#cache);
  }

  /** The trust file of this very network, for readers who have none; a court should get it from the members instead. */
  async trust(): Promise<TrustFile> {
    const shelf = new BlockShelf(this.#options.receipts);
    return trustFromGenesis((await shelf.take(0)).serializeBinary());
  }

  /**
   * The own peer and the participants' must say the same; where one is down, any other member's peer beside the own:
   * each has the public history, and no participant can hold a package back.
   */
  async #history({ id, versions }: DisclosedRecord): Promise<Receipt> {
    const { mspId, receipts } = this.#options;
    const participants = versions[0]?.document.participants ?? [];
    const others = participants.filter((member) => member !== mspId);
    try {
      return await receipts.history(id, [mspId, ...others]);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      const { members } = await this.#options.registry.network();
      const rest = members
        .map((member) => member.mspId)
        .filter((member) => member !== mspId && !others.includes(member));
      for (const other of others.length < 2 ? rest : [...others, ...rest]) {
        const receipt = await receipts.history(id, [mspId, other]).catch(() => undefined);
        if (receipt !== undefined) return receipt;
      }
      throw error;
    }
  }

  async #originals(records: readonly EvidenceRecord[]): Promise<EvidenceOriginal[]> {
    const originals: EvidenceOriginal[] = [];
    for (const digest of [...referencedDocuments(records.flatMap(({ versions }) => versions))].sort()) {
      const stored = await this.#options.documents.get(digest);
      if (stored === undefined || sha256Hex(stored.bytes) !== digest) continue;
      const { bytes, channel, firstSeenAt, mediaType, source } = stored;
      originals.push({ sha256: digest, bytes, channel, firstSeenAt, mediaType, source });
    }
    return originals;
  }
}

/** Which transaction wrote each version, as the receipt lists them; undefined where it lists others. */
function withTransactions({ id, versions }: DisclosedRecord, { result }: Receipt): EvidenceRecord | undefined {
  const history = JSON.parse(Buffer.from(result).toString('utf8')) as {
    readonly versions: readonly { readonly transactionId: string }[];
  };
  if (history.versions.length !== versions.length) return undefined;
  return {
    id,
    versions: versions.map(({ document, groups }, at) => ({
      document,
      groups,
      transactionId: (history.versions[at] as { transactionId: string }).transactionId,
    })),
  };
}
