import { expect } from 'chai';
import { Rejection } from '../../../chaincode/domain/errors';
import { AUTHORITY } from '../../../chaincode/domain/operations';
import { BREAK_OPERATIONS } from '../../../chaincode/domain/operations/breaks';
import { CLEARING_OPERATIONS } from '../../../chaincode/domain/operations/clearing';
import { CASES } from '../../support/chaincode/acts';
import { wholeStory, type Chapter } from '../../support/chaincode/story';
import { MEMBERS } from '../../support/chaincode/world';

/** Operations that have tests of their own, because their input needs more than an id. */
const ELSEWHERE = [
  'signStatement',
  'disclose',
  'passOn',
  'receiveRecord',
  ...[...CLEARING_OPERATIONS, ...BREAK_OPERATIONS].map(({ authority }) => authority.operation),
];

/** Refusals that come after authority and status: the act itself would have been the member's to try. */
const RULES = new Set([
  'ORDER_NOT_FULFILLED',
  'BUYER_NOT_QUALIFIED',
  'DELIVERY_NOTED_ALREADY',
  'DELIVERY_NOT_PROVEN',
  'DESPATCH_EXCEEDS_ORDER',
  'DESPATCH_DUPLICATE',
  'SHIPMENT_NOT_DESPATCHED',
  'NOTHING_OWED',
  'DUE_POSTED_ALREADY',
  'INVOICE_EXCEEDS_DELIVERY',
  'FINGERPRINT_NOT_REGISTERED',
  'CLAIM_NOT_YOURS',
  'CONDITION_NOT_MET',
  'PAYMENT_HELD_BY_NOTICE',
  'DATE_NOT_NEXT',
  'PROPOSAL_MISSING',
  'DAY_STILL_OPEN',
  'DAY_CLOSED',
  'DAY_INCOMPLETE',
  'AGREEMENT_NOT_IN_FORCE',
  'POSTING_DATE_WRONG',
  'DATE_NOT_OPEN',
]);

describe('authority', () => {
  let chapters: readonly Chapter[];
  before(async () => {
    chapters = (await wholeStory()).chapters;
  });

  it('every operation has its case', () => {
    const operations = AUTHORITY.map(({ operation }) => operation);
    expect([...Object.keys(CASES), ...ELSEWHERE].sort()).to.deep.equal([...operations].sort());
  });

  const outcome = async (chapter: Chapter, operation: string, as: string): Promise<string> => {
    try {
      await chapter.world.judge({ ...CASES[operation]!.make(chapter), as });
      return 'allowed';
    } catch (error) {
      if (error instanceof Rejection) return error.code;
      throw error;
    }
  };

  for (const row of AUTHORITY.filter(({ operation }) => !ELSEWHERE.includes(operation))) {
    it(`${row.operation}: only ${row.creator}, only from ${row.from.join(', ') || 'nothing'}`, async () => {
      const { needs, creators } = CASES[row.operation]!;
      let allowed = 0;
      for (const chapter of chapters.filter(({ ids }) => needs.every((name) => ids[name] !== undefined))) {
        const subject =
          row.record === 'purchaseOrder' ? 'order' : row.record === 'standingAgreement' ? 'agreement' : row.record;
        const status =
          row.from.length === 0 || row.record === 'businessDay'
            ? undefined
            : chapter.world.status(chapter.ids[subject]!);
        const fits = status === undefined || row.from.includes(status);
        for (const [member] of MEMBERS) {
          const code = await outcome(chapter, row.operation, member);
          const place = `${row.operation} by ${member} at "${chapter.title}": ${code}`;
          if (code === 'allowed') allowed++;
          if (!fits) expect(code, place).to.be.oneOf(['STATUS_FORBIDS', 'CREATOR_NOT_ENTITLED']);
          else if (!creators.includes(member)) expect(code, place).to.not.equal('allowed');
          else expect(code === 'allowed' || RULES.has(code) || code === 'STATUS_FORBIDS', place).to.equal(true);
        }
      }
      expect(allowed, `${row.operation} is possible somewhere`).to.be.greaterThan(0);
    });
  }

  it('a member without a part is told so before anything about the content', async () => {
    const drafted = chapters.find(({ title }) => title === 'order drafted')!;
    for (const operation of ['completeTerms', 'proposePurchaseOrder', 'cancelPurchaseOrder']) {
      for (const member of ['LogisticsMSP', 'ArbitrationMSP', 'SellerBankMSP']) {
        expect(await outcome(drafted, operation, member), `${operation} by ${member}`).to.equal('CREATOR_NOT_ENTITLED');
      }
    }
  });
});
