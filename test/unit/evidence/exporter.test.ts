import { expect } from 'chai';
import { ChainView } from '../../../evidence/chain-view';
import { ConfigCache } from '../../../evidence/config-cache';
import { parsePackage } from '../../../evidence/parse-package';
import { packageBytes } from '../../../evidence/package-format';
import { verifyEvidence } from '../../../evidence/verify-evidence';
import { EvidenceExporter } from '../../../gateway/evidence/evidence-exporter';
import { ledgerError } from '../../../gateway/ports/ledger-port';
import type { Receipts } from '../../../gateway/services/receipts';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';

describe('evidence exporter', () => {
  let fixture: EvidenceFixture;
  before(async function () {
    this.timeout(120_000);
    fixture = await evidenceFixture();
  });

  it('makes the same package again but for its receipts', async () => {
    const again = parsePackage(await fixture.exporter.package(fixture.caseId));
    const first = parsePackage(fixture.bytes);
    expect(packageBytes({ ...again, receipts: first.receipts })).to.deep.equal(Buffer.from(fixture.bytes));
  });

  it('shows block 0 and the blocks it needs, and of the others one hash', () => {
    const evidence = parsePackage(fixture.bytes);
    const numbers = evidence.blocks.map(({ number }) => number);
    expect(numbers[0]).to.equal(0);
    expect(numbers).to.not.include(fixture.staleBlock);
    expect(evidence.dataHashes.length / 32).to.equal(Math.max(...numbers) + 1);
    const chain = new ChainView(evidence, new ConfigCache());
    for (const { versions } of evidence.records) {
      for (const { transactionId } of versions) expect(chain.transaction(transactionId)?.code).to.equal(0);
    }
  });

  it('holds the case, its order, shipment and notices, complete, and the original as received', () => {
    const { records, originals } = parsePackage(fixture.bytes);
    const types = records.map(({ versions }) => `${versions[0]!.document.type} ${versions.length}`).sort();
    expect(types).to.deep.equal(['case 2', 'notice 1', 'notice 1', 'purchaseOrder 5', 'shipment 2']);
    expect(originals.map(({ bytes }) => Buffer.from(bytes).toString())).to.deep.equal([
      '<Order>as the buyer sent it</Order>',
    ]);
  });

  it('reports what the offline verifier says under its own roots', async () => {
    const report = await fixture.exporter.report(fixture.caseId);
    expect(report.verdict).to.equal('verified');
    expect(report.notProven).to.have.length.greaterThan(5);
  });

  it('is unverified to a reader who trusts nothing yet', () => {
    const { verdict, checks } = verifyEvidence(fixture.bytes);
    expect(verdict).to.equal('unverified');
    expect(checks.filter(({ ok }) => !ok).map(({ code }) => code)).to.deep.equal(['TRUST_NOT_GIVEN']);
  });

  it('asks for another disclosure once a record went on', () => {
    expect(fixture.otherNetwork.behind).to.have.property('code', 'EVIDENCE_INCOMPLETE');
  });

  it('leaves open what was not disclosed, and says so', () => {
    const evidence = parsePackage(fixture.bytes);
    const records = evidence.records.map(({ id, versions }) => ({
      id,
      versions: versions.map(({ groups: { price: _, ...groups }, ...version }) => ({ ...version, groups })),
    }));
    const { verdict, notProven } = verifyEvidence(packageBytes({ ...evidence, records }), fixture.trust);
    expect(verdict).to.equal('verified');
    expect(notProven.filter((text) => text.includes(`${fixture.orderId}: groups not disclosed: price`))).to.have.length(
      1,
    );
  });

  it('has histories stated by any other member where the participants’ peers do not answer', async () => {
    const { mspId, index, receipts, documents, registry } = fixture.consortium.member('ArbitrationMSP');
    const asked: string[] = [];
    const history: Receipts['history'] = async (id, endorsers) => {
      asked.push(endorsers.join(' '));
      if (endorsers.some((member) => member.endsWith('BankMSP'))) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
      return receipts.history(id, endorsers);
    };
    const cut: Receipts = { history, blocks: (from, to) => receipts.blocks(from, to) };
    const { channel } = fixture.consortium;
    const exporter = new EvidenceExporter({ channel, mspId, index, receipts: cut, documents, registry });
    const { verdict } = verifyEvidence(await exporter.package(fixture.caseId), fixture.trust);
    expect([verdict, asked.includes('ArbitrationMSP LogisticsMSP')]).to.deep.equal(['verified', true]);
  });

  it('refuses a case this member does not hold', async () => {
    const refusal = await fixture.exporter.package('0'.repeat(32)).catch((error: unknown) => error);
    expect(refusal).to.have.property('code', 'EVIDENCE_INCOMPLETE');
  });
});
