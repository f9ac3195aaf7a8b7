import { sha256Hex } from '../../chaincode/domain/hash';
import { ConfigCache } from '../../evidence/config-cache';
import { packageBytes, type EvidenceOriginal, type EvidenceRecord } from '../../evidence/package-format';
import { referencedDocuments } from '../../evidence/steps/originals';
import { trustFromGenesis, type TrustFile } from '../../evidence/trust-file';
import { verifyEvidence } from '../../evidence/verify-evidence';
import { HttpProblem } from '../http/problem';
import type { DocumentStore } from '../ports/local-stores';
import { LedgerError } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import type { EvidencePackages, EvidenceReport } from '../routes/dependencies';
import type { Receipt, Receipts } from '../services/receipts';
import { DataHashes } from './data-hashes';
import { disclosedRecords, type DisclosedRecord } from './disclosed-records';
import { BlockShelf } from './needed-blocks';

export interface EvidenceExporterOptions {
  readonly channel: string;
  /** MSP id of the own member: the arbitration body. */
  readonly mspId: string;
  readonly index: RecordIndex;
  readonly receipts: Receipts;
  readonly documents: Pick<DocumentStore, 'get'>;
}

/** Makes evidence packages of cases at the arbitration body's gateway. @see docs/EVIDENCE.md */
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
    const { channel, index, receipts } = this.#options;
    const disclosed = await disclosedRecords(index, caseId);
    const histories = new Map<string, Receipt>();
    for (const record of disclosed) histories.set(record.id, await this.#history(record));
    const records = disclosed.map((record) => withTransactions(record, histories.get(record.id) as Receipt));
    const shelf = new BlockShelf(receipts);
    await shelf.take(0);
    for (const { id, versions } of records) {
      for (const { transactionId } of versions) await this.#takeWriter(shelf, transactionId, id);
    }
    const last = Math.max(...shelf.blocks.map(({ number }) => number));
    return packageBytes({
      channel,
      caseId,
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

  /** The own peer and the participants' must say the same; one that is down is replaced by any two that are not. */
  async #history({ id, versions }: DisclosedRecord): Promise<Receipt> {
    const { mspId, receipts } = this.#options;
    const participants = versions[0]?.document.participants ?? [];
    const others = participants.filter((member) => member !== mspId);
    try {
      return await receipts.history(id, [mspId, ...others]);
    } catch (error) {
      if (!(error instanceof LedgerError) || others.length < 2) throw error;
      for (const other of others) {
        const receipt = await receipts.history(id, [mspId, other]).catch(() => undefined);
        if (receipt !== undefined) return receipt;
      }
      throw error;
    }
  }

  async #takeWriter(shelf: BlockShelf, transactionId: string, record: string): Promise<void> {
    const transaction = await this.#options.index.transaction(transactionId);
    if (transaction === undefined) throw new HttpProblem('EVIDENCE_INCOMPLETE', { record });
    await shelf.takeWriter(Number(transaction.blockNumber), transaction.txNumber);
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

/** Which transaction wrote each version, as the receipt lists them. @throws HttpProblem EVIDENCE_INCOMPLETE. */
function withTransactions({ id, versions }: DisclosedRecord, { result }: Receipt): EvidenceRecord {
  const history = JSON.parse(Buffer.from(result).toString('utf8')) as {
    readonly versions: readonly { readonly transactionId: string }[];
  };
  if (history.versions.length !== versions.length) throw new HttpProblem('EVIDENCE_INCOMPLETE', { record: id });
  return {
    id,
    versions: versions.map(({ document, groups }, at) => ({
      document,
      groups,
      transactionId: (history.versions[at] as { transactionId: string }).transactionId,
    })),
  };
}
