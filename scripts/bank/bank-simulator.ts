import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answerInstruction, InstructionError } from './answer-instruction';

export interface BankSimulator {
  readonly from: string;
  readonly to: string;
  readonly isRejected: (endToEndId: string) => boolean;
  /** What the creditor's bank charges for every payment made, as `BankOptions` has it. */
  readonly charge?: string;
  readonly signal: AbortSignal;
  readonly onAnswer: (fileName: string) => void;
  readonly onRefusal: (fileName: string, reason: string) => void;
}

const PAUSE_MS = 50;

/** Answers instructions as they appear, each once, also after a restart; resolves when the signal aborts. */
export async function watchInstructions(bank: BankSimulator): Promise<void> {
  mkdirSync(bank.from, { recursive: true });
  mkdirSync(bank.to, { recursive: true });
  const unreadable = new Set<string>();
  while (!bank.signal.aborted) {
    for (const name of readdirSync(bank.from).filter((file) => file.endsWith('.xml') && !unreadable.has(file))) {
      if (!(await answerFile(bank, name))) unreadable.add(name);
    }
    await delay(PAUSE_MS, undefined, { signal: bank.signal }).catch(() => undefined);
  }
}

async function answerFile(
  { from, to, isRejected, charge, onAnswer, onRefusal }: BankSimulator,
  name: string,
): Promise<boolean> {
  // The instruction's file stays where it is: its name says whether it was answered.
  if (existsSync(join(to, `${name}.answered`))) return true;
  try {
    const bytes = readFileSync(join(from, name));
    const { endToEndId } = await answerInstruction(bytes, {});
    const answer = await answerInstruction(bytes, {
      reject: isRejected(endToEndId),
      ...(charge === undefined ? {} : { charge }),
    });
    const file = join(to, answer.fileName);
    writeFileSync(`${file}.new`, answer.bytes);
    renameSync(`${file}.new`, file);
    writeFileSync(join(to, `${name}.answered`), '');
    onAnswer(answer.fileName);
    return true;
  } catch (error) {
    if (!(error instanceof InstructionError)) throw error;
    onRefusal(name, error.message);
    return false;
  }
}
