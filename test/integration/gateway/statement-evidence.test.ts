import { expect } from 'chai';
import { statementRoot } from '../../../chaincode/domain/operations/reconciliation/close-day';
import { entriesRoot, sumMinor } from '../../../chaincode/domain/operations/reconciliation/entries';
import { trustFileText } from '../../../evidence/trust-file';
import { parseStatement } from '../../../gateway/statements/parse-statement';
import type { StatementSource } from '../../../gateway/statements/statement-source';
import { verifyStatement } from '../../../gateway/statements/verify-statement';
import { writeStatement } from '../../../gateway/statements/write-statement';
import type { RecordView } from '../../../scripts/demo/member-client';
import { concordat, verify } from '../../../scripts/start/offline-proof';
import { keptStatements, type KeptStatements } from '../../support/statements/kept-statements';

/** Two gateways closed, signed and issued anew; then everything was stopped, and what is left are files. */
describe('a statement against the ledger, with no gateway and no ledger', function () {
  this.timeout(180_000);
  let kept: KeptStatements;
  before(async () => {
    kept = await keptStatements();
  });

  it('has a package for those alone who may have it', () => {
    expect(kept.refusals).to.deep.equal(['403 ROLE_MISSING', '404 RECORD_NOT_FOUND']);
  });

  it('is linked on the statement’s page for those, and for nobody else', () => {
    const { viewer, auditor } = kept.pages;
    expect([viewer?.isLinked, viewer?.status]).to.deep.equal([false, 403]);
    expect([auditor?.isLinked, auditor?.status]).to.deep.equal([true, 200]);
    expect(kept.codesOf(auditor!.bytes)).to.deep.equal([]);
  });

  describe('holds', () => {
    it('by the package of either edition as far as it reaches, and tells what it has shown', async () => {
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second'))).to.equal('0');
      expect(await kept.told('verify', 'first.jsonl', ...kept.withEvidence('first'))).to.equal('0');
      const record = ['--record', kept.path('second.record.json')];
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second'), ...record)).to.equal('0');
      const { commitment } = verifyStatement({
        jsonl: kept.bytes('second.jsonl').toString('utf8'),
        evidence: kept.bytes('second.evidence.json'),
        trust: kept.trust,
      });
      const held = JSON.parse(kept.bytes('second.record.json').toString('utf8')) as RecordView & {
        blockNumber: string;
      };
      expect(commitment).to.deep.include({ id: kept.statement, version: held.version, status: 'countersigned' });
      expect(commitment).to.deep.include({ isAnchored: true, isDayProven: true, block: Number(held.blockNumber) });
      expect(commitment?.witnesses).to.deep.equal(['BuyerBankMSP', 'SellerBankMSP']);
      expect(commitment?.height).to.equal(Number(held.blockNumber));
    });

    it('as a package like any other, with the date that was over', async () => {
      expect((await verify(kept.harness.stage, 'second.evidence.json')).code).to.equal(0);
      expect((await verify(kept.harness.stage, 'other.evidence.json')).code).to.equal(0);
    });

    it('for one entry of it', async () => {
      expect(await kept.told('verify-proof', 'second.proof.json', ...kept.withEvidence('second'))).to.equal('0');
      expect(await kept.told('verify-proof', 'second.proof.json', ...kept.withEvidence('second').slice(0, 2))).to.equal(
        '3',
      );
    });
  });

  describe('is told not to have been looked at', () => {
    it('without a package, and is no proof without anybody’s roots', async () => {
      const record = ['--record', kept.path('second.record.json'), '--trust', kept.path('trust.json')];
      const { code, output } = await concordat(['statement', 'verify', kept.path('second.jsonl'), ...record]);
      expect([code, output.includes('Ledger NOT checked')]).to.deep.equal([0, true]);
      const proof = await concordat(['statement', 'verify-proof', kept.path('second.proof.json'), ...record.slice(2)]);
      expect([proof.code, proof.output.includes('Ledger NOT checked')]).to.deep.equal([0, true]);
      const checked = await concordat([
        'statement',
        'verify',
        kept.path('second.jsonl'),
        ...kept.withEvidence('second'),
      ]);
      expect(checked.output.includes('Ledger NOT checked')).to.equal(false);
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second').slice(0, 2))).to.equal('3');
    });

    it('when a file cannot be read', async () => {
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('nowhere'))).to.equal('2');
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second', 'second.record.json'))).to.equal(
        '2',
      );
    });
  });

  describe('does not hold', () => {
    it('for an edition that another has taken the place of, file or proof or record', async () => {
      expect(await kept.told('verify', 'first.jsonl', ...kept.withEvidence('second'))).to.equal(
        '1 STATEMENT_SUPERSEDED',
      );
      expect(await kept.told('verify-proof', 'first.proof.json', ...kept.withEvidence('second'))).to.equal(
        '1 STATEMENT_SUPERSEDED',
      );
      const record = ['--record', kept.path('first.record.json')];
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second'), ...record)).to.equal(
        '1 STATEMENT_SUPERSEDED',
      );
    });

    it('for an edition the package does not reach', async () => {
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('first'))).to.equal(
        '1 STATEMENT_NOT_COMMITTED',
      );
      expect(await kept.told('verify-proof', 'second.proof.json', ...kept.withEvidence('first'))).to.equal(
        '1 STATEMENT_NOT_COMMITTED',
      );
    });

    it('for another statement, or while it is not signed', async () => {
      expect(await kept.told('verify', 'other.jsonl', ...kept.withEvidence('second'))).to.equal(
        '1 EVIDENCE_OTHER_STATEMENT',
      );
      expect(await kept.told('verify-proof', 'second.proof.json', ...kept.withEvidence('other'))).to.equal(
        '1 EVIDENCE_OTHER_STATEMENT',
      );
      const unsigned = '1 STATEMENT_SIGNATURE_MISSING STATEMENT_SIGNATURE_MISSING';
      expect(await kept.told('verify', 'unsigned.jsonl', ...kept.withEvidence('unsigned'))).to.equal(unsigned);
    });

    it('for a record of the same version with another content', async () => {
      const record = JSON.parse(kept.bytes('second.record.json').toString('utf8')) as RecordView;
      const groups = { ...record.groups, refusals: { given: [{ by: 'BuyerBankMSP' }] } };
      kept.harness.stage.write('forged.record.json', JSON.stringify({ ...record, groups }));
      const flags = ['--record', kept.path('forged.record.json')];
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('second'), ...flags)).to.equal(
        '1 STATEMENT_RECORD_DIFFERS',
      );
    });

    it('for a file that adds up by itself and was never committed', async () => {
      kept.harness.stage.write('forged.jsonl', forged());
      expect(await kept.told('verify', 'forged.jsonl')).to.equal('3');
      expect(await kept.told('verify', 'forged.jsonl', ...kept.withEvidence('second'))).to.equal(
        '1 STATEMENT_NOT_COMMITTED',
      );
    });

    it('for a file with a byte changed', async () => {
      const text = kept.bytes('second.jsonl').toString('utf8');
      kept.harness.stage.write('byte.jsonl', text.replace('BULK-000007', 'BULK-000099'));
      expect(await kept.told('verify', 'byte.jsonl', ...kept.withEvidence('second'))).to.equal(
        '1 SEGMENT_ENTRIES_DIFFER',
      );
    });

    it('in another network', async () => {
      const trust = { ...kept.trust, genesisHash: '0'.repeat(64) };
      kept.harness.stage.write('other-trust.json', trustFileText(trust));
      const flags = kept.withEvidence('second', 'other-trust.json');
      expect(await kept.told('verify', 'second.jsonl', ...flags)).to.equal('1 EVIDENCE_REJECTED');
      expect(await kept.told('verify-proof', 'second.proof.json', ...flags)).to.equal('1 EVIDENCE_REJECTED');
    });
  });

  /** The same statement with one amount raised and everything recomputed that nobody signs. */
  function forged(): string {
    const { channel, id, statement: content, entries } = parseStatement(kept.bytes('second.jsonl').toString('utf8'));
    const raised = new Map(
      [...entries].map(([segment, list]) => [
        segment,
        list.map(({ entry, salt }, at) =>
          at === 0
            ? { salt, entry: { ...entry, amountMinor: String(BigInt(entry.amountMinor) + 1n) } }
            : { entry, salt },
        ),
      ]),
    );
    const segments = content.segments.map((segment) => {
      const list = raised.get(segment.id)!;
      const amountMinor = String(sumMinor(list.map(({ entry }) => entry)));
      return { ...segment, amountMinor, entriesRoot: entriesRoot(list) };
    });
    const owedBy = (debtor: string): string =>
      String(segments.filter((one) => one.debtor === debtor).reduce((sum, one) => sum + BigInt(one.amountMinor), 0n));
    const totals = { debitMinor: owedBy(content.pair[0]), creditMinor: owedBy(content.pair[1]) };
    const source: StatementSource = {
      channel,
      id,
      statement: { ...content, ...totals, segments, root: statementRoot(segments) },
      *segments() {
        for (const segment of segments) yield { segment, entries: raised.get(segment.id)! };
      },
    };
    return [...writeStatement('jsonl', source)].join('');
  }
});
