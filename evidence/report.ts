import { CHECKS, type CheckCode, type Step } from './checks';

/** One thing the verifier looked at, in words a person can read. */
export interface EvidenceCheck {
  readonly step: string;
  readonly code: string;
  readonly ok: boolean;
  /** What it is about: a record, a block, a member; never private content. */
  readonly subject: string;
  readonly text: string;
  readonly zh: string;
}

/** `unverified`: everything fits together, but nothing from outside the package says that this is the right network. */
export type Verdict = 'verified' | 'rejected' | 'unverified';

/** What the verifier says of a package; the gateway's `EvidenceReport`. */
export interface EvidenceReport {
  readonly verdict: Verdict;
  readonly checks: readonly EvidenceCheck[];
  readonly notProven: readonly string[];
}

/** A check that failed; ends the verification, since every later step would rest on it. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  constructor(
    readonly code: CheckCode,
    readonly subject: string,
  ) {
    super(`${code} ${subject}`);
  }
}

/** @throws EvidenceError unless the condition holds. */
export function ensure(condition: boolean, code: CheckCode, subject: string): asserts condition {
  if (!condition) throw new EvidenceError(code, subject);
}

/** Collects the checks of one verification in order. */
export class ReportBuilder {
  readonly #checks: EvidenceCheck[] = [];
  readonly #notProven: string[] = [];

  note(code: CheckCode, subject: string): void {
    const { step, ok, text, zh } = CHECKS[code];
    this.#checks.push({ step, code, ok, subject, text, zh });
  }

  /** Says once that the package leaves something open. */
  leaveOpen(text: string): void {
    if (!this.#notProven.includes(text)) this.#notProven.push(text);
  }

  /** Runs one step; whatever it throws becomes its failed check. Answers whether it passed. */
  run(step: Step, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      // Hostile bytes may trip a decoder anywhere; the step they reached says which part is not what it claims.
      if (error instanceof EvidenceError) this.note(error.code, error.subject);
      else this.#fail(step);
      return false;
    }
  }

  finish(): EvidenceReport {
    const failed = this.#checks.filter(({ ok }) => !ok);
    const rejected = failed.some(({ code }) => code !== 'TRUST_NOT_GIVEN');
    const verdict = rejected ? 'rejected' : failed.length > 0 ? 'unverified' : 'verified';
    return { verdict, checks: [...this.#checks], notProven: [...this.#notProven] };
  }

  #fail(step: Step): void {
    const { text, zh } = CHECKS.PART_UNREADABLE;
    this.#checks.push({ step, code: 'PART_UNREADABLE', ok: false, subject: step, text, zh });
  }
}
