import { Zip, ZipDeflate } from 'fflate';

/** A cell: a text, or a number given as its decimal text. */
export type Cell = string | { readonly number: string };

export type Page = readonly (readonly Cell[])[];

export interface SheetColumn {
  readonly heading: string;
  /** In characters. */
  readonly width?: number;
  /** May be changed in a protected sheet. */
  readonly isEditable?: boolean;
  /** The only values it takes. */
  readonly choices?: readonly string[];
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Pages of rows, each of which may be read as it is asked for. */
  readonly rows: Iterable<Page> | AsyncIterable<Page>;
  /** Locks every column that is not editable. A courtesy to people, no protection: whoever reads it back checks. */
  readonly isLocked?: boolean;
}

/** Rows of one sheet with its heading. @see ECMA-376, SpreadsheetML limits */
export const MAX_SHEET_ROWS = 1_048_576;
/** Doubles hold every decimal of so many digits exactly enough to come back as it was typed. */
const EXACT_DIGITS = 15;
/** The same at every writing, so that the same content gives the same bytes. */
const MODIFIED = '1980-01-01T00:00:00';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/**
 * Writes an XLSX workbook, chunk by chunk: memory does not grow with the rows, the same content gives the same bytes.
 *
 * Texts are inline strings and never formulas, whatever they begin with. A sheet above the format's rows goes on in the next.
 * @see ECMA-376 part 1, section 18
 */
export async function* writeWorkbook(sheets: readonly Sheet[]): AsyncGenerator<Uint8Array> {
  const output = new Output();
  const names: string[] = [];
  for (const sheet of sheets) {
    for await (const chunk of writeSheet(output, sheet, names)) yield chunk;
  }
  const targets = [
    ...names.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const),
    ['styles', 'styles.xml'] as const,
  ];
  output.part('[Content_Types].xml', contentTypes(names.length));
  output.part('_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']]));
  output.part('xl/workbook.xml', workbook(names));
  output.part('xl/_rels/workbook.xml.rels', relationships(targets));
  output.part('xl/styles.xml', STYLES);
  output.end();
  yield* output.taken();
}

/** A whole workbook, for small ones. */
export async function workbookBytes(sheets: readonly Sheet[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeWorkbook(sheets)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A zip file whose bytes are taken as they come. */
class Output {
  readonly #zip: Zip;
  #chunks: Uint8Array[] = [];

  constructor() {
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#chunks.push(chunk);
    });
  }

  open(name: string): ZipDeflate {
    const file = new ZipDeflate(name, { level: 1 });
    file.mtime = MODIFIED;
    this.#zip.add(file);
    return file;
  }

  part(name: string, text: string): void {
    this.open(name).push(Buffer.from(text, 'utf8'), true);
  }

  end(): void {
    this.#zip.end();
  }

  taken(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

/** Writes a sheet, and goes on in the next where the format's rows are at an end. */
async function* writeSheet(output: Output, sheet: Sheet, names: string[]): AsyncGenerator<Uint8Array> {
  let file: ZipDeflate | undefined;
  let [row, page] = [0, 0];
  const begin = (): ZipDeflate => {
    names.push(page === 0 ? sheet.name : `${sheet.name} ${page + 1}`);
    [row, page] = [1, page + 1];
    file = output.open(`xl/worksheets/sheet${names.length}.xml`);
    file.push(Buffer.from(sheetHead(sheet), 'utf8'));
    return file;
  };
  begin();
  for await (const rows of sheet.rows) {
    let waiting = '';
    for (const cells of rows) {
      if (row === MAX_SHEET_ROWS) {
        file?.push(Buffer.from(waiting + sheetTail(sheet), 'utf8'), true);
        waiting = '';
        begin();
      }
      waiting += rowXml(sheet, cells, ++row);
    }
    file?.push(Buffer.from(waiting, 'utf8'));
    yield* output.taken();
  }
  file?.push(Buffer.from(sheetTail(sheet), 'utf8'), true);
  yield* output.taken();
}

function sheetHead({ columns }: Sheet): string {
  const widths = columns.map(({ width = 16, isEditable }, at) => {
    const style = isEditable === true ? ` style="${EDITABLE}"` : '';
    return `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"${style}/>`;
  });
  const headings = columns.map(({ heading }, at) => textCell(heading, `${letters(at)}1`, HEADING)).join('');
  return (
    `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${widths.join('')}</cols><sheetData><row r="1">${headings}</row>`
  );
}

function rowXml({ columns }: Sheet, cells: readonly Cell[], row: number): string {
  let xml = `<row r="${row}">`;
  cells.forEach((cell, at) => {
    const isEditable = columns[at]?.isEditable === true;
    const place = `${letters(at)}${row}`;
    if (typeof cell === 'string')
      xml += cell === '' && !isEditable ? '' : textCell(cell, place, isEditable ? EDITABLE : 0);
    else if (isExact(cell.number)) xml += `<c r="${place}"><v>${cell.number}</v></c>`;
    else xml += textCell(cell.number, place, 0);
  });
  return `${xml}</row>`;
}

/** Whether a spreadsheet's double shows exactly this decimal. */
function isExact(number: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(number) && number.replace(/[-.]/g, '').replace(/^0+/, '').length <= EXACT_DIGITS;
}

function textCell(text: string, place: string, style: number): string {
  const styled = style === 0 ? '' : ` s="${style}"`;
  if (text === '') return `<c r="${place}"${styled}/>`;
  return `<c r="${place}" t="inlineStr"${styled}><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

function sheetTail({ columns, isLocked }: Sheet): string {
  const lock = isLocked === true ? '<sheetProtection sheet="1" objects="1" scenarios="1"/>' : '';
  const lists = columns.flatMap(({ choices }, at) =>
    choices === undefined
      ? []
      : [
          `<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="${letters(at)}2:${letters(at)}${MAX_SHEET_ROWS}">` +
            `<formula1>"${escaped(choices.join(','))}"</formula1></dataValidation>`,
        ],
  );
  const validations =
    lists.length === 0 ? '' : `<dataValidations count="${lists.length}">${lists.join('')}</dataValidations>`;
  return `</sheetData>${lock}${validations}</worksheet>`;
}

/** 0 → A, 26 → AA. */
function letters(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : `${letters(Math.floor(at / 26) - 1)}${last}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML content; characters that XML 1.0 has no form for become U+FFFD. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}

function contentTypes(sheets: number): string {
  const override = (name: string, type: string): string =>
    `<Override PartName="/xl/${name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`;
  const parts = Array.from({ length: sheets }, (_, at) => override(`worksheets/sheet${at + 1}.xml`, 'worksheet'));
  return (
    `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>${override('workbook.xml', 'sheet.main')}${override('styles.xml', 'styles')}${parts.join('')}</Types>`
  );
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const rows = targets.map(
    ([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${rows.join('')}</Relationships>`;
}

function workbook(names: readonly string[]): string {
  const sheets = names.map(
    (name, at) => `<sheet name="${escaped(name.slice(0, 31))}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  );
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

/** Numbers of the cell formats below. */
const HEADING = 1,
  EDITABLE = 2;
const STYLES =
  `${HEAD}<styleSheet xmlns="${MAIN}"><fonts count="2"><font/><font><b/></font></fonts>` +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFFFF8DC"/></patternFill></fill></fills><borders count="1"><border/></borders>' +
  '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>' +
  '<xf xfId="0" fillId="2" numFmtId="49" applyFill="1" applyNumberFormat="1" applyProtection="1"><protection locked="0"/></xf></cellXfs></styleSheet>';
