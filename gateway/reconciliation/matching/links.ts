import type { Board, Side } from './board';
import { KeyItems } from './key-items';

const REFERENCES = { uetr: false, references: true };

/** Both sides' open entries by their keys, whatever their amounts: for tolerance, lists, and the breaks. */
export class Links {
  readonly #board: Board;
  readonly #items: Readonly<Record<'ours' | 'theirs', KeyItems>>;

  constructor(board: Board) {
    this.#board = board;
    const choice = { uetr: true, references: true, withMoney: false };
    this.#items = { ours: new KeyItems(board.ours, choice), theirs: new KeyItems(board.theirs, choice) };
  }

  /** The other side's open entries that share any key; undefined when they are too many. */
  byAnyKey(side: Side, entry: number, accepts: (mate: number) => boolean): number[] | undefined {
    const other = this.#board.other(side);
    return this.#items[other.name].linked(side, entry, (mate) => other.isOpen(mate) && accepts(mate));
  }

  /** The other side's open entries that share a reference or end-to-end id. */
  byReference(side: Side, entry: number, accepts: (mate: number) => boolean): number[] | undefined {
    const other = this.#board.other(side);
    return this.#items[other.name].linked(side, entry, (mate) => other.isOpen(mate) && accepts(mate), REFERENCES);
  }

  /** The other side's open entries that carry one remitted document's reference. */
  byDocument(side: Side, entry: number, document: number, accepts: (mate: number) => boolean): number[] | undefined {
    const other = this.#board.other(side);
    const { remittedReference: keys } = side.columns;
    const found: number[] = [];
    const isWhole = this.#items[other.name].find(
      keys[document * 2] as number,
      keys[document * 2 + 1] as number,
      side,
      entry,
      (mate) => other.isOpen(mate) && accepts(mate),
      found,
    );
    return isWhole ? found.sort((a, b) => a - b) : undefined;
  }
}
