import { expect } from 'chai';
import type { Json } from '../../../chaincode/domain/json';
import { ChainView } from '../../../evidence/chain-view';
import { ConfigCache } from '../../../evidence/config-cache';
import { packageBytes, type EvidencePackage, type EvidenceVersion } from '../../../evidence/package-format';
import { parsePackage } from '../../../evidence/parse-package';
import { EvidenceError, ReportBuilder } from '../../../evidence/report';
import { openRecords, type OpenRecord, type OpenVersion } from '../../../evidence/steps/content';
import { checkStatementRecord } from '../../../evidence/steps/statement';
import { checkTransactions } from '../../../evidence/steps/transactions';
import { tampered, type Draft } from '../../support/evidence/adversary';
import { keptStatements, type KeptStatements } from '../../support/statements/kept-statements';

describe('a statement’s evidence package', function () {
  this.timeout(180_000);
  let kept: KeptStatements;
  before(async () => {
    kept = await keptStatements();
  });
  const altered = (change: (draft: Draft) => void): Uint8Array => tampered(kept.bytes('second.evidence.json'), change);

  describe('does not hold by a package that was changed', () => {
    const setVersions = (draft: Draft, change: (versions: readonly EvidenceVersion[]) => EvidenceVersion[]): void => {
      draft.records = draft.records.map((record) => ({ ...record, versions: change(record.versions) }));
    };
    const first = (): EvidencePackage => parsePackage(kept.bytes('first.evidence.json'));

    it('the command says so with the step that refused it', async () => {
      const text = kept.bytes('second.evidence.json').toString('utf8');
      const digit = text.replace(/("name":"debitMinor","salt":"[0-9a-f]{32}","value":"\d*)(\d)"/, '$1_"');
      expect(digit).to.not.equal(text);
      kept.harness.stage.write('digit.evidence.json', digit);
      expect(await kept.told('verify', 'second.jsonl', ...kept.withEvidence('digit'))).to.equal('1 EVIDENCE_REJECTED');
      expect(kept.codesOf(Buffer.from(digit))[0]).to.match(/^EVIDENCE_REJECTED groups GROUP_NOT_COMMITTED /);
      expect(kept.codesOf(Buffer.from('{}'))).to.deep.equal(['EVIDENCE_REJECTED package PACKAGE_MALFORMED /format']);
    });

    const changes: Readonly<Record<string, readonly [RegExp, (draft: Draft) => void]>> = {
      'the last version left out': [
        / sequence VERSION_MISSING /,
        (draft) => setVersions(draft, (all) => all.slice(0, -1)),
      ],
      'an older history with an older receipt, over the newer blocks': [
        / codes CODE_CONTRADICTS_RECEIPT /,
        (draft) => {
          const { receipts, records } = first();
          Object.assign(draft, { receipts, records });
        },
      ],
      'the receipt of the version before': [
        / codes CODE_CONTRADICTS_RECEIPT /,
        (draft) => (draft.receipts = first().receipts),
      ],
      'the receipt said to be another record’s': [
        / receipts RECEIPT_QUESTION_WRONG /,
        (draft) => (draft.receipts = draft.receipts.map((receipt) => ({ ...receipt, record: '0'.repeat(32) }))),
      ],
      'the block of the last version left out': [
        / chain CHAIN_INCOMPLETE /,
        (draft) => (draft.blocks = draft.blocks.slice(0, -1)),
      ],
      'a signature exchanged': [
        / groups GROUP_NOT_COMMITTED /,
        (draft) =>
          setVersions(draft, (all) =>
            all.map((version, at) =>
              at < all.length - 1
                ? version
                : { ...version, groups: { ...version.groups, signatures: all[2]!.groups['signatures']! } },
            ),
          ),
      ],
      'the signatures not shown': [
        / statement STATEMENT_NOT_DISCLOSED /,
        (draft) =>
          setVersions(draft, (all) =>
            all.map(({ groups: { signatures: _, ...groups }, ...version }) => ({ ...version, groups })),
          ),
      ],
      'said to be about something else': [
        / statement STATEMENT_NOT_DISCLOSED /,
        (draft) => (draft.subject = { kind: 'statement', id: '0'.repeat(32) }),
      ],
      'said to be about a case': [
        / case CASE_NOT_DISCLOSED /,
        (draft) => (draft.subject = { kind: 'case', id: kept.statement }),
      ],
    };
    for (const [name, [code, change]] of Object.entries(changes)) {
      it(name, () => {
        expect(kept.codesOf(altered(change))[0])
          .to.match(/^EVIDENCE_REJECTED/)
          .and.to.match(code);
      });
    }

    it('without the business day that the close rests on, whichever of its blocks is left out', () => {
      const { blocks, ...rest } = parsePackage(kept.bytes('second.evidence.json'));
      const codes = blocks.slice(1, -1).map(({ number }) => {
        const left = blocks.filter((block) => block.number !== number);
        return kept.codesOf(packageBytes({ ...rest, blocks: left }))[0] ?? 'holds';
      });
      expect(codes.filter((code) => code.includes(' statement DAY_NOT_PROVEN '))).to.have.length(1);
      expect(codes).to.not.include('holds');
    });

    it('about two things at once', () => {
      const text = kept.bytes('second.evidence.json').toString('utf8');
      const both = text.replace('"channel"', `"case":"${kept.statement}","channel"`);
      expect(kept.codesOf(Buffer.from(both))).to.deep.equal(['EVIDENCE_REJECTED package PACKAGE_MALFORMED /case']);
    });
  });

  describe('is looked into beyond the members’ word', () => {
    let evidence: EvidencePackage;
    let records: readonly OpenRecord[];
    before(() => {
      evidence = parsePackage(kept.bytes('second.evidence.json'));
      records = openRecords(evidence.records, new ReportBuilder());
    });
    const outcome = (at: number, change: Readonly<Record<string, Json>>): string => {
      const versions = records[0]!.versions.map((version, index): OpenVersion => {
        const content = version.open['statement']!;
        return index < at ? version : { ...version, open: { ...version.open, statement: { ...content, ...change } } };
      });
      const checked = checkTransactions(new ChainView(evidence, new ConfigCache()), evidence, new ReportBuilder());
      try {
        checkStatementRecord([{ id: kept.statement, versions }], kept.statement, checked, new ReportBuilder());
      } catch (error) {
        if (error instanceof EvidenceError) return error.code;
        throw error;
      }
      return 'passed';
    };
    const issueOf = (at: number): Readonly<Record<string, Json>> =>
      records[0]!.versions[at]!.open['statement']!['issue'] as Readonly<Record<string, Json>>;

    it('as it happened', () => {
      expect(outcome(0, {})).to.equal('passed');
    });
    for (const [name, change] of [
      ['root', { root: '0'.repeat(64) }],
      ['count', { count: 13 }],
      ['debit', { debitMinor: '1' }],
      ['credit', { creditMinor: '1' }],
    ] as const) {
      it(`another ${name} than its segments give`, () => {
        expect(outcome(0, change)).to.equal('STATEMENT_SUMS_DIFFER');
      });
    }
    it('an edition with other content, out of turn, or in no one’s place', () => {
      expect(outcome(3, { calendars: {} })).to.equal('EDITION_BROKEN');
      expect(outcome(3, { issue: { ...issueOf(3), number: 3 } })).to.equal('EDITION_BROKEN');
      expect(outcome(3, { issue: { ...issueOf(3), supersedes: '0'.repeat(64) } })).to.equal('EDITION_BROKEN');
      expect(outcome(0, { issue: { ...issueOf(0), number: 2 } })).to.equal('EDITION_BROKEN');
    });
    it('a date that was still open, or another pair’s day', () => {
      expect(outcome(0, { date: '2099-01-01' })).to.equal('DAY_NOT_PROVEN');
      expect(outcome(0, { businessDay: '0'.repeat(32) })).to.equal('DAY_NOT_PROVEN');
    });
  });
});
