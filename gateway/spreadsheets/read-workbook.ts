import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SaxesParser } from 'saxes';

/** A workbook that cannot be read, or that no honest program writes. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  constructor(readonly code: 'WORKBOOK_BROKEN' | 'WORKBOOK_TOO_LARGE' | 'WORKBOOK_HAS_NO_SHEET') {
    super(code);
  }
}

/** What a workbook may unpack to, in bytes of a part, shared texts, rows and cells of a row. */
export interface WorkbookLimits {
  readonly partBytes: number;
  readonly sharedBytes: number;
  readonly texts: number;
  readonly rows: number;
  readonly cells: number;
  readonly cellText: number;
  readonly depth: number;
}

export const WORKBOOK_LIMITS: WorkbookLimits = {
  partBytes: 1_073_741_824,
  sharedBytes: 134_217_728,
  texts: 2_000_000,
  rows: 1_048_576,
  cells: 500,
  cellText: 32_767,
  depth: 16,
};

type Part = (bytes: Uint8Array, isLast: boolean) => void;

/** Unpacks the parts of a workbook that are asked for, in the order in which they lie in the file. */
async function unpack(
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  take: (name: string) => Part | undefined,
  limits: WorkbookLimits,
): Promise<void> {
  let failure: unknown;
  const unzip = new Unzip((file) => {
    const part = take(file.name);
    if (part === undefined) return;
    let size = 0;
    file.ondata = (error, bytes, isLast) => {
      if (failure !== undefined) return;
      try {
        if (error !== null) throw new WorkbookError('WORKBOOK_BROKEN');
        // What a part says of its size is its author's claim; what comes out is what counts.
        if ((size += bytes.length) > limits.partBytes) throw new WorkbookError('WORKBOOK_TOO_LARGE');
        part(bytes, isLast);
      } catch (caught) {
        failure = caught;
        file.terminate();
      }
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 65_536 })) {
      onBytes(chunk as Buffer);
      if (failure === undefined) unzip.push(chunk as Buffer, false);
    }
    if (failure === undefined) unzip.push(new Uint8Array(0), true);
  } catch (error) {
    failure ??= error instanceof WorkbookError ? error : new WorkbookError('WORKBOOK_BROKEN');
  }
  if (failure !== undefined) throw failure instanceof Error ? failure : new WorkbookError('WORKBOOK_BROKEN');
}

/** One row of a sheet: its number from 1 and the texts of its cells; a cell left out is empty. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/**
 * Reads the first sheet of an XLSX workbook: the texts of its cells as they were stored, a formula's last value.
 *
 * Bounded in every direction: unpacked bytes, rows, cells, texts; no document type, no entity, nothing from elsewhere.
 * @throws WorkbookError; Error when the file cannot be opened.
 */
export async function readWorkbook(
  path: string,
  limits: WorkbookLimits = WORKBOOK_LIMITS,
): Promise<{ readonly rows: readonly SheetRow[]; readonly digest: string }> {
  const hash = createHash('sha256');
  const shared: string[] = [];
  const sheets = new Map<string, SheetRow[]>();
  const texts = sharedTexts(shared, limits);
  // Shared texts may lie after the sheets, so cells keep their numbers until the end.
  await unpack(
    path,
    (bytes) => hash.update(bytes),
    (name) => {
      if (name === 'xl/sharedStrings.xml') return texts;
      if (!/^xl\/worksheets\/sheet\d+\.xml$/.test(name)) return undefined;
      const rows: SheetRow[] = [];
      sheets.set(name, rows);
      return sheetRows(rows, limits);
    },
    limits,
  );
  const number = (name: string): number => Number(/(\d+)\.xml$/.exec(name)?.[1]);
  const [first] = [...sheets.keys()].sort((one, other) => number(one) - number(other));
  const rows = first === undefined ? undefined : sheets.get(first);
  if (rows === undefined) throw new WorkbookError('WORKBOOK_HAS_NO_SHEET');
  return {
    rows: rows.map(({ row, cells }) => ({ row, cells: cells.map((cell) => resolved(cell, shared)) })),
    digest: hash.digest('hex'),
  };
}

const SHARED = '\u0000';

function resolved(cell: string, shared: readonly string[]): string {
  return cell.startsWith(SHARED) ? (shared[Number(cell.slice(1))] ?? '') : cell;
}

interface Handlers {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
}

/** A part read as XML. */
function xmlPart({ open, text, close }: Handlers, limits: WorkbookLimits): Part {
  const parser = new SaxesParser();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const broken = (): never => {
    throw new WorkbookError('WORKBOOK_BROKEN');
  };
  let depth = 0;
  parser.on('doctype', broken);
  parser.on('error', broken);
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > limits.depth) throw new WorkbookError('WORKBOOK_TOO_LARGE');
    open(local(name), attributes as Record<string, string>);
  });
  parser.on('text', text);
  parser.on('closetag', ({ name }) => {
    depth--;
    close(local(name));
  });
  return (bytes, isLast) => {
    parser.write(decoder.decode(bytes, { stream: !isLast }));
    if (isLast) parser.close();
  };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function sharedTexts(shared: string[], limits: WorkbookLimits): Part {
  let [current, isText, bytes] = ['', false, 0];
  return xmlPart(
    {
      open: (name) => {
        if (name === 'si') current = '';
        isText = name === 't';
      },
      text: (text) => {
        if (isText) current += text;
      },
      close: (name) => {
        if (name === 't') isText = false;
        if (name !== 'si') return;
        bytes += current.length;
        if (shared.push(current) > limits.texts || bytes > limits.sharedBytes) {
          throw new WorkbookError('WORKBOOK_TOO_LARGE');
        }
      },
    },
    limits,
  );
}

function sheetRows(rows: SheetRow[], limits: WorkbookLimits): Part {
  let row: string[] = [];
  let [number, column, type, value, takes] = [0, 0, 'n', '', false];
  return xmlPart(
    {
      open: (name, attributes) => {
        if (name === 'row') {
          row = [];
          number = attributes['r'] === undefined ? number + 1 : Number(attributes['r']);
          column = 0;
        } else if (name === 'c') {
          column = attributes['r'] === undefined ? column + 1 : columnOf(attributes['r']);
          type = attributes['t'] ?? 'n';
          value = '';
        }
        takes = name === 'v' || name === 't';
      },
      text: (text) => {
        if (takes) value += text;
      },
      close: (name) => {
        takes = false;
        if (name === 'c') {
          if (column < 1 || column > limits.cells || value.length > limits.cellText) {
            throw new WorkbookError('WORKBOOK_TOO_LARGE');
          }
          while (row.length < column - 1) row.push('');
          row[column - 1] = type === 's' ? `${SHARED}${value}` : value.replaceAll(SHARED, '');
        } else if (name === 'row' && rows.push({ row: number, cells: row }) > limits.rows) {
          throw new WorkbookError('WORKBOOK_TOO_LARGE');
        }
      },
    },
    limits,
  );
}

/** `AB12` → 28. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}
