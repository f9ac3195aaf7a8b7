import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { CHECKS, NOT_PROVEN, STEPS } from '../../../evidence/checks';

const docs = readFileSync('docs/EVIDENCE.md', 'utf8');

describe('checks', () => {
  it('are all explained in docs/EVIDENCE.md, in their step', () => {
    for (const [code, { step }] of Object.entries(CHECKS)) {
      if (code === 'PART_UNREADABLE') continue;
      const start = new RegExp(`^\\| ${STEPS.indexOf(step) + 1} +\\| \`${step}\``);
      const row = docs.split('\n').find((line) => start.test(line));
      expect(row, `${step} ${code}`).to.include(`\`${code}\``);
    }
  });

  it('speak both languages', () => {
    for (const [code, { text, zh }] of Object.entries(CHECKS)) {
      expect(text, code).to.match(/^[\x20-\x7e]+$/);
      expect(zh, code).to.match(/[\u4e00-\u9fff]/);
    }
    for (const text of NOT_PROVEN) expect(text).to.match(/^[\x20-\x7e]+ \/ .*[\u4e00-\u9fff]/);
  });
});
