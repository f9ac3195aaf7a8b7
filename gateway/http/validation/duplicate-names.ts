const QUOTE = 0x22,
  COMMA = 0x2c,
  OPEN_LIST = 0x5b,
  BACKSLASH = 0x5c,
  CLOSE_LIST = 0x5d,
  OPEN_OBJECT = 0x7b,
  CLOSE_OBJECT = 0x7d;

type Path = readonly (string | number)[];

interface Frame {
  /** Names met so far; undefined inside a list. */
  readonly names: Set<string> | undefined;
  /** Where the scan stands: the last name, or the item's place. */
  at: string | number;
}

/**
 * The path to the first name that stands twice in one object, of a text that `JSON.parse` takes.
 *
 * Readers differ in which of the two values they take, so what one shows to be signed another may not submit.
 * @see RFC 8259 section 4
 */
export function duplicateName(text: string): Path | undefined {
  return new NameScan(text).firstTwice();
}

class NameScan {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  #isName = false;

  constructor(text: string) {
    this.#text = text;
  }

  firstTwice(): Path | undefined {
    for (let place = 0; place < this.#text.length; place++) {
      const sign = this.#text.charCodeAt(place);
      if (sign !== QUOTE) {
        this.#move(sign);
        continue;
      }
      const end = this.#endOfText(place);
      if (this.#isName && !this.#isNew(nameOf(this.#text.slice(place, end + 1))))
        return this.#frames.map(({ at }) => at);
      this.#isName = false;
      place = end;
    }
    return undefined;
  }

  #move(sign: number): void {
    if (sign === OPEN_OBJECT || sign === OPEN_LIST) {
      this.#isName = sign === OPEN_OBJECT;
      this.#frames.push({ names: this.#isName ? new Set() : undefined, at: 0 });
    } else if (sign === CLOSE_OBJECT || sign === CLOSE_LIST) {
      this.#frames.pop();
    } else if (sign === COMMA) {
      const frame = this.#frames.at(-1) as Frame;
      this.#isName = frame.names !== undefined;
      if (!this.#isName) frame.at = Number(frame.at) + 1;
    }
  }

  #isNew(name: string): boolean {
    const frame = this.#frames.at(-1) as Frame & { readonly names: Set<string> };
    frame.at = name;
    const before = frame.names.size;
    return frame.names.add(name).size > before;
  }

  #endOfText(start: number): number {
    let end = this.#text.indexOf('"', start + 1);
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    return end;
  }

  #isEscaped(place: number): boolean {
    let before = place;
    while (this.#text.charCodeAt(before - 1) === BACKSLASH) before--;
    return (place - before) % 2 === 1;
  }
}

function nameOf(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}
