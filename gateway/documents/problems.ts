import type { FieldProblem } from '../http/validation/field-codes';
import type { DocumentCode } from './document-codes';
import type { XmlNode } from './xml/xml-node';

/** Nobody reads more; a hostile document must not make the answer larger than itself. */
const MAX_PROBLEMS = 100;

/** Collects what is wrong with one document: place and code, never a value. */
export class Problems {
  readonly #list: FieldProblem[] = [];
  readonly #seen = new Set<string>();

  get list(): readonly FieldProblem[] {
    return this.#list;
  }

  get none(): boolean {
    return this.#list.length === 0;
  }

  at(node: XmlNode, code: DocumentCode, child = ''): void {
    this.add({ pointer: `${node.path}${child === '' ? '' : `/${child}`}`, code, line: node.line });
  }

  add(problem: FieldProblem & { readonly code: DocumentCode }): void {
    const key = `${problem.line ?? 0} ${problem.pointer} ${problem.code}`;
    if (this.#seen.has(key) || this.#list.length >= MAX_PROBLEMS) return;
    this.#seen.add(key);
    this.#list.push(problem);
  }
}
