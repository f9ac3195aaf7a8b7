import { BUYER, OPEN_DATE, SELLER, type Stage } from './stage';
import type { MemberClient } from './member-client';

interface BusinessDays {
  readonly items: readonly { readonly id: string; readonly members: readonly string[]; readonly date: string }[];
}

/** Before any order: the banks' business date, the parties' keys, and what the banks may post to one another. */
export async function foundConsortium(stage: Stage): Promise<void> {
  await openDate(stage);
  await bindKeys(stage);
  await agreeLane(stage);
}

async function openDate(stage: Stage): Promise<void> {
  const { buyerBank, sellerBank } = stage;
  await sellerBank.post('/v1/business-days', 'approver', 'demo-open-date', { with: buyerBank.member, date: OPEN_DATE });
  const { items } = await sellerBank.get<BusinessDays>('/v1/business-days');
  const day = items.find(({ members }) => members.includes(buyerBank.member));
  if (day === undefined) throw new Error('the business date was not opened');
  stage.remember({ businessDay: day.id });
  stage.say(`the banks open their business date ${OPEN_DATE}`);
}

async function bindKeys(stage: Stage): Promise<void> {
  await bindKey(stage, { partyId: BUYER, address: stage.buyer.address, bank: stage.buyerBank });
  await bindKey(stage, { partyId: SELLER, address: stage.seller.address, bank: stage.sellerBank });
  stage.say(
    `seller ${stage.seller.address} and buyer ${stage.buyer.address}: keys bound, attested by platform and bank`,
  );
}

async function bindKey(
  stage: Stage,
  { partyId, address, bank }: { partyId: string; address: string; bank: MemberClient },
): Promise<void> {
  const { platform } = stage;
  const key = `demo-key-${partyId}`;
  const binding = { address, partyId, bank: bank.member, validFrom: '2026-01-01', validTo: '2027-12-31', nonce: '1' };
  const typedData = await platform.post<Parameters<Stage['signature']>[1]>(
    '/v1/key-bindings/typed-data',
    'administrator',
    `${key}-data`,
    binding,
  );
  const { signature } = await stage.signature(partyId, typedData);
  await platform.post('/v1/key-bindings', 'administrator', key, { ...binding, signature });
  await bank.post(`/v1/key-bindings/${address}/attestation`, 'administrator', `${key}-attest`);
}

/** The buyer's bank may post what it owes the seller's bank; the seller's bank agrees once. */
async function agreeLane(stage: Stage): Promise<void> {
  const { buyerBank, sellerBank } = stage;
  const proposed = await buyerBank.post('/v1/standing-agreements', 'administrator', 'demo-agreement', {
    receiver: sellerBank.member,
    debtor: buyerBank.member,
    currency: 'USD',
    types: ['principal', 'interest', 'fee', 'refund', 'reversal', 'adjustment'],
    entryLimitMinor: '100000000',
    dayLimitMinor: '100000000000',
    businessDay: stage.known('businessDay'),
  });
  const agreement = proposed.record?.id ?? '';
  const agreed = await sellerBank.post(
    `/v1/standing-agreements/${agreement}/agreement`,
    'administrator',
    'demo-agreement-agreed',
  );
  stage.remember({ agreement, lane: agreed.record?.id ?? '' });
  stage.say("a standing agreement lets the buyer's bank post entries to the seller's bank");
}
