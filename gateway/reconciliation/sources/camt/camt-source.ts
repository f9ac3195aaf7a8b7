import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../../book-entry';
import { SourceError } from '../source-error';
import { camtEntries, dayOf, directionOf, moneyOf } from './camt-entry';
import { textAt, XmlElements, type Element, type ElementHandler } from './xml-elements';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(camt\.05[234]\.001\.\d{2})$/;
const BALANCES: Readonly<Record<string, StatedBalance['kind']>> = {
  OPBD: 'opening',
  PRCD: 'opening',
  CLBD: 'closing',
  OPAV: 'interimOpening',
  ITBD: 'interimClosing',
};

/** camt.052, camt.053 and camt.054 of any version whose entries have the elements read here, entry by entry. */
export class CamtSource implements EntrySource, ElementHandler {
  readonly #xml: XmlElements;
  readonly #balances: StatedBalance[] = [];
  /** Balances and booked sum of the statement that is being read. */
  #statement: { opening?: StatedBalance; closing?: StatedBalance; sum: bigint; isWhole: boolean } = fresh();
  #entries: BookEntry[] = [];
  #refused: RefusedLine[] = [];
  #count = 0;
  #format = 'camt';
  #hasMessage = false;

  constructor(path: string) {
    this.#xml = new XmlElements(path);
  }

  get format(): string {
    return this.#format;
  }

  digest(): string {
    return this.#xml.digest();
  }

  balances(): readonly StatedBalance[] {
    return this.#balances;
  }

  /** @throws SourceError SOURCE_FORMAT_UNKNOWN and those of `XmlElements`. */
  async *batches(): AsyncIterable<SourceBatch> {
    for await (const _ of this.#xml.read(this)) {
      if (this.#entries.length + this.#refused.length === 0) continue;
      const batch = { entries: this.#entries, refused: this.#refused };
      [this.#entries, this.#refused] = [[], []];
      yield batch;
    }
    if (!this.#hasMessage) throw new SourceError('SOURCE_FORMAT_UNKNOWN', 'Stmt');
  }

  root(name: string, namespace: string): void {
    const message = NAMESPACE.exec(namespace)?.[1];
    if (name !== 'Document' || message === undefined) throw new SourceError('SOURCE_FORMAT_UNKNOWN', '');
    this.#format = message;
  }

  collects(name: string): boolean {
    return name === 'Ntry' || name === 'Bal';
  }

  collected(element: Element): void {
    if (element.name === 'Bal') this.#balance(element);
    else this.#entry(element);
  }

  ended(name: string): void {
    if (name === 'Stmt') this.#endStatement();
    if (name !== 'Stmt' && name !== 'Rpt' && name !== 'Ntfctn') return;
    this.#hasMessage = true;
    this.#statement = fresh();
  }

  #entry(element: Element): void {
    const line = ++this.#count;
    const found = camtEntries(element, line);
    if (!Array.isArray(found)) {
      this.#refused.push(found);
      this.#statement.isWhole = false;
      return;
    }
    this.#entries.push(...found);
    for (const { status, direction, amountMinor, currency } of found) {
      if (this.#statement.opening !== undefined && currency !== this.#statement.opening.currency) {
        this.#statement.isWhole = false;
      }
      if (status === 'booked') this.#statement.sum += direction === 'credit' ? amountMinor : -amountMinor;
    }
  }

  #balance(element: Element): void {
    const kind = BALANCES[textAt(element, 'Tp/CdOrPrtry/Cd') ?? ''];
    const money = moneyOf(element.children.find(({ name }) => name === 'Amt'));
    const direction = directionOf(element);
    const date = dayOf(element, 'Dt');
    if (kind === undefined || typeof money === 'string' || direction === undefined || date === null) return;
    const { currency, amountMinor } = money;
    const balance = { kind, currency, date, amountMinor: direction === 'debit' ? -amountMinor : amountMinor };
    this.#balances.push(balance);
    if (kind === 'opening') this.#statement.opening = balance;
    if (kind === 'closing') this.#statement.closing = balance;
  }

  /** Opening balance and entries give the closing one; told where they do not, by the last entry read. */
  #endStatement(): void {
    const { opening, closing, sum, isWhole } = this.#statement;
    if (!isWhole || opening === undefined || closing === undefined || opening.currency !== closing.currency) return;
    if (opening.amountMinor + sum !== closing.amountMinor) {
      this.#refused.push({ line: this.#count, field: 'Bal', code: 'BALANCE_NOT_ADDING_UP' });
    }
  }
}

function fresh(): { sum: bigint; isWhole: boolean } {
  return { sum: 0n, isWhole: true };
}
