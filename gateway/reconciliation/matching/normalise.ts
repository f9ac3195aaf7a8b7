import type { NormaliseRules } from '../rules/rule-set';

/** Nothing to fold but case. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Brings references of two systems to one spelling: width and compatibility forms (NFKC), case, spaces at the ends and
 * repeated within, one leading prefix. What says "none" and what is empty is null.
 */
export class Normaliser {
  readonly #prefixes: readonly string[];
  readonly #placeholders: ReadonlySet<string>;

  constructor({ stripPrefixes, placeholders }: NormaliseRules) {
    this.#prefixes = stripPrefixes;
    this.#placeholders = new Set(placeholders);
  }

  reference(text: string | null): string | null {
    if (text === null) return null;
    let folded = fold(text);
    for (const prefix of this.#prefixes) {
      if (!folded.startsWith(prefix)) continue;
      folded = folded.slice(prefix.length).trim();
      break;
    }
    return folded === '' || this.#placeholders.has(folded) ? null : folded;
  }

  party(text: string | null): string | null {
    const folded = text === null ? '' : fold(text);
    return folded === '' ? null : folded;
  }

  /** A UETR's hyphens and case carry nothing. */
  uetr(text: string | null): string | null {
    const folded = text === null ? '' : fold(text);
    return folded === '' || this.#placeholders.has(folded) ? null : folded;
  }
}

function fold(text: string): string {
  if (PLAIN.test(text)) return text.toUpperCase();
  return text.normalize('NFKC').toUpperCase().replace(/\s+/g, ' ').trim();
}
