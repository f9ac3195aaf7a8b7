import { expect } from 'chai';
import type { BusinessDay } from '../../../chaincode/domain/business-day';
import type { Json } from '../../../chaincode/domain/json';
import type { KeyBinding } from '../../../chaincode/domain/registry';
import { ChainView } from '../../../evidence/chain-view';
import { ConfigCache } from '../../../evidence/config-cache';
import { parsePackage } from '../../../evidence/parse-package';
import { EvidenceError, ReportBuilder } from '../../../evidence/report';
import { checkCase } from '../../../evidence/steps/case';
import { openRecords, type OpenRecord, type OpenVersion } from '../../../evidence/steps/content';
import { checkSignatures } from '../../../evidence/steps/signatures';
import { checkTransactions, type CheckedTransactions, type Dependency } from '../../../evidence/steps/transactions';
import { checkTransitions } from '../../../evidence/steps/transitions';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';

/** What the members' peers themselves could have got wrong together: the steps that judge the content. */
describe('the steps that judge content', () => {
  let fixture: EvidenceFixture;
  let checked: CheckedTransactions;
  let records: OpenRecord[];
  before(async function () {
    this.timeout(120_000);
    fixture = await evidenceFixture();
    const evidence = parsePackage(fixture.bytes);
    checked = checkTransactions(new ChainView(evidence, new ConfigCache()), evidence, new ReportBuilder());
    records = openRecords(evidence.records, new ReportBuilder());
  });

  const codeOf = (work: () => void): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof EvidenceError) return error.code;
      throw error;
    }
    return 'passed';
  };
  const altered = (id: string, version: number, change: (version: OpenVersion) => OpenVersion): OpenRecord[] =>
    records.map((record) =>
      record.id !== id
        ? record
        : { id, versions: record.versions.map((item, at) => (at === version - 1 ? change(item) : item)) },
    );
  const withStatus = (version: OpenVersion, status: string): OpenVersion => ({
    ...version,
    document: { ...version.document, status },
  });
  const withGroup = (version: OpenVersion, group: string, change: Record<string, Json>): OpenVersion => ({
    ...version,
    open: { ...version.open, [group]: { ...version.open[group], ...change } },
  });

  describe('transitions', () => {
    const outcome = (changed: OpenRecord[], by = checked): string =>
      codeOf(() => checkTransitions(changed, by, new ReportBuilder()));

    it('pass as they happened', () => {
      expect(outcome(records)).to.equal('passed');
    });
    it('no operation confirms a draft', () => {
      expect(outcome(altered(fixture.orderId, 2, (version) => withStatus(version, 'confirmed')))).to.equal(
        'TRANSITION_FORBIDDEN',
      );
    });
    it('no record begins in the middle', () => {
      expect(outcome(altered(fixture.orderId, 1, (version) => withStatus(version, 'proposed')))).to.equal(
        'TRANSITION_FORBIDDEN',
      );
    });
    it('nobody else reports as the carrier', () => {
      const changed = altered(fixture.shipmentId, 1, (version) =>
        withGroup(version, 'goods', { carrier: 'PlatformMSP' }),
      );
      expect(outcome(changed)).to.equal('CREATOR_NOT_ENTITLED');
    });
  });

  describe('signatures', () => {
    const steps = () => checkTransitions(records, checked, new ReportBuilder());
    const outcome = (changed: OpenRecord[], by: CheckedTransactions = checked, genesisHash?: string): string =>
      codeOf(() =>
        checkSignatures(
          changed,
          steps(),
          { genesisHash: genesisHash ?? fixture.trust.genesisHash, checked: by },
          new ReportBuilder(),
        ),
      );
    const kept = (version: OpenVersion): [string, Record<string, Json>] =>
      Object.entries(version.open['signatures']!)[0] as [string, Record<string, Json>];
    const withKept = (change: Record<string, Json>): OpenRecord[] =>
      altered(fixture.orderId, 2, (version) => {
        const [key, value] = kept(version);
        return withGroup(version, 'signatures', { [key]: { ...value, ...change } });
      });
    const under = (binding: Partial<KeyBinding>, day: Partial<BusinessDay> = {}): CheckedTransactions =>
      ({
        writers: checked.writers,
        creators: checked.creators,
        bindingsReadBy: (writer: never) =>
          checked.bindingsReadBy(writer).map((one): Dependency<KeyBinding> => ({
            ...one,
            value: { ...one.value, ...binding },
          })),
        daysReadBy: (writer: never) =>
          checked
            .daysReadBy(writer)
            .map((one): Dependency<BusinessDay> => ({ ...one, value: { ...one.value, ...day } })),
      }) as unknown as CheckedTransactions;

    it('pass as they were given', () => {
      expect(outcome(records)).to.equal('passed');
    });
    for (const [name, change, code] of [
      ['another nonce', { nonce: '1' }, 'SIGNATURE_INVALID'],
      ['a later deadline', { deadline: 20270101 }, 'SIGNATURE_INVALID'],
      ["another party's name", { party: 'buyer' }, 'SIGNATURE_INVALID'],
      ['another address', { address: `0x${'1'.repeat(40)}` }, 'SIGNATURE_INVALID'],
      ['another version', { version: 2 }, 'SIGNATURE_INVALID'],
      ['no number as deadline', { deadline: 'soon' }, 'SIGNATURE_INVALID'],
      ['another content', { content: '0'.repeat(64) }, 'CONTENT_DIFFERS'],
    ] as const) {
      it(`with ${name}: ${code}`, () => expect(outcome(withKept(change))).to.equal(code));
    }
    it('over other terms: CONTENT_DIFFERS', () => {
      const changed = altered(fixture.orderId, 2, (version) => ({
        ...version,
        document: {
          ...version.document,
          groups: version.document.groups.map((group) =>
            group.name === 'price' ? { name: 'price', root: '0'.repeat(64) } : group,
          ),
        },
      }));
      expect(outcome(changed)).to.equal('CONTENT_DIFFERS');
    });
    it('of another network: SIGNATURE_INVALID', () => {
      expect(outcome(records, checked, '0'.repeat(64))).to.equal('SIGNATURE_INVALID');
    });
    it('left out where a step takes one: SIGNATURE_MISSING', () => {
      const changed = altered(fixture.orderId, 2, (version) => ({
        ...version,
        open: { ...version.open, signatures: {} },
      }));
      expect(outcome(changed)).to.equal('SIGNATURE_MISSING');
    });
    for (const [name, binding, day, code] of [
      ["another party's key", { partyId: 'buyer' }, {}, 'KEY_NOT_BOUND'],
      ['a revoked key', { status: 'revoked' }, {}, 'KEY_NOT_BOUND'],
      ['a key nobody attested yet', { status: 'proposed' }, {}, 'KEY_NOT_BOUND'],
      ['a key that another bank attested', { bank: 'BuyerBankMSP' }, {}, 'KEY_NOT_BOUND'],
      ['a key before its time', {}, { date: '2025-12-31' }, 'KEY_NOT_BOUND'],
      ['a key after its time', { validTo: '2026-06-30' }, {}, 'KEY_NOT_BOUND'],
      ['a deadline that has passed', {}, { date: '2026-08-03' }, 'DEADLINE_PASSED'],
      ["another pair's date", {}, { id: '0'.repeat(32) }, 'BINDING_NOT_PROVEN'],
    ] as const) {
      it(`under ${name}: ${code}`, () => expect(outcome(records, under(binding, day))).to.equal(code));
    }
  });

  describe('case', () => {
    const outcome = (changed: OpenRecord[]): string =>
      codeOf(() => checkCase(changed, fixture.caseId, checked, new ReportBuilder()));

    it('passes as it was filed', () => expect(outcome(records)).to.equal('passed'));
    it('that cannot be read: CASE_NOT_DISCLOSED', () => {
      expect(outcome(altered(fixture.caseId, 2, (version) => ({ ...version, open: {} })))).to.equal(
        'CASE_NOT_DISCLOSED',
      );
    });
    it('that cites another version: CITATION_DIFFERS', () => {
      const changed = altered(fixture.caseId, 2, (version) => withGroup(version, 'case', { orderVersion: 4 }));
      expect(outcome(changed)).to.equal('CITATION_DIFFERS');
    });
  });
});
