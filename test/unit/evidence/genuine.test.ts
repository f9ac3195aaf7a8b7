import { expect } from 'chai';
import { STEPS } from '../../../evidence/checks';
import { verifyEvidence } from '../../../evidence/verify-evidence';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';

describe('evidence package of a real case', () => {
  let fixture: EvidenceFixture;
  before(async function () {
    this.timeout(120_000);
    fixture = await evidenceFixture();
  });

  it('verifies, step by step', () => {
    const report = verifyEvidence(fixture.bytes, fixture.trust);
    expect(report.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(report.verdict).to.equal('verified');
    expect([...new Set(report.checks.map(({ step }) => step))]).to.deep.equal(
      STEPS.filter((step) => step !== 'statement'),
    );
  });
});
