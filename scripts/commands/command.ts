import type { Command } from 'commander';

/** What a command prints to; a terminal gets progress, a pipe gets plain lines. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly isTerminal: boolean;
}

/**
 * Runs a command's body and sets the exit code to what it answers (0 for nothing).
 *
 * What it throws is printed as one line, with code 2; `CONCORDAT_TRACE` adds the stack.
 */
export type Run = (work: () => Promise<number | void>) => Promise<void>;

/** Adds one group of commands to the program. */
export type AddCommands = (program: Command, io: Io, run: Run) => void;
