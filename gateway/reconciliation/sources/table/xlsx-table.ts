import { readWorkbook, WorkbookError } from '../../../spreadsheets/read-workbook';
import { SourceError } from '../source-error';
import type { Table, TableRow } from './table-source';

/** The first sheet of an XLSX workbook; numbers come as the text that was stored, dates as serial numbers turned into days. */
export class XlsxTable implements Table {
  readonly format = 'xlsx';
  readonly #path: string;
  #digest: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  digest(): string {
    if (this.#digest === undefined) throw new Error('the file was not read to its end');
    return this.#digest;
  }

  /** @throws SourceError WORKBOOK_BROKEN, WORKBOOK_TOO_LARGE, WORKBOOK_HAS_NO_SHEET, SOURCE_UNREADABLE. */
  async *rows(): AsyncIterable<TableRow> {
    try {
      const { rows, digest } = await readWorkbook(this.#path);
      this.#digest = digest;
      for (const { row, cells } of rows) yield { line: row, cells: cells.map(plainNumber) };
    } catch (error) {
      if (error instanceof SourceError) throw error;
      throw new SourceError(error instanceof WorkbookError ? error.code : 'SOURCE_UNREADABLE', '', { cause: error });
    }
  }
}

/**
 * A number as spreadsheets store it, `1.1000000000000001` or `1E3`, as the decimal people typed.
 *
 * Spreadsheets keep doubles and write 17 digits; the shortest decimal that is the same double is what was meant.
 */
export function plainNumber(cell: string): string {
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell)) return cell;
  // Whole numbers of any length are what was stored: account numbers, not amounts.
  if (/^-?\d+$/.test(cell)) return cell;
  const shortest = String(Number(cell));
  return /[eI]/.test(shortest) ? cell : shortest;
}
