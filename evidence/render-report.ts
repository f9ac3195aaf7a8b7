import { STEPS } from './checks';
import type { EvidenceReport, Verdict } from './report';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  verified:
    'VERIFIED  已验证: everything shown holds, in the network the trust file names. 所示内容在信任文件所指网络中成立。',
  rejected: 'REJECTED  已拒绝: a check failed; nothing after it was looked at. 某项检查失败，其后内容未再检查。',
  unverified:
    'UNVERIFIED  未验证: it fits together, but nothing from outside says that this is the right network. 内容自洽，但没有外部依据确认网络。',
};

/** Exit code of each verdict; 2 is left for what cannot be read. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { verified: 0, rejected: 1, unverified: 3 };

/** The report as lines a person reads, English and Chinese. */
export function renderReport({ verdict, checks, notProven }: EvidenceReport): string[] {
  const lines = checks.map(({ step, code, ok, subject, text, zh }) => {
    const number = String(STEPS.findIndex((name) => name === step) + 1).padStart(2);
    return `${ok ? '✓' : '✗'} ${number} ${step.padEnd(12)} ${code}  ${printable(subject)}\n     ${text}\n     ${zh}`;
  });
  return [
    ...lines,
    '',
    VERDICTS[verdict],
    '',
    'Not proven 不能证明:',
    ...notProven.map((text) => `  - ${printable(text)}`),
  ];
}

/** A subject may hold a package's own text: it must not steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '?');
}
