import { expect } from 'chai';
import type { Refused } from '../../../scripts/demo/member-client';
import { failureOf } from '../../support/gateway/failure-of';
import { GatewayHarness } from '../../support/e2e/gateway-harness';

interface Members {
  readonly items: readonly { readonly mspId: string }[];
  readonly proposals: readonly { readonly status: string; readonly votes: readonly string[] }[];
}

describe('votes on members, through the gateways', function () {
  this.timeout(60_000);
  const harness = new GatewayHarness();
  const NEW = { kind: 'bank', name: 'New Bank', nameZh: '新银行' };

  before(() => harness.start());
  after(() => harness.run.discard());

  const vote = (client: 'platform' | 'sellerBank' | 'buyerBank', mspId: string, body: object): Promise<unknown> =>
    harness.stage[client].post(
      `/v1/members/${mspId}/votes`,
      'administrator',
      `${client}-${mspId}-${'action' in body ? String(body.action) : ''}`,
      body,
    );

  it('admit a member once more than half agree', async () => {
    await vote('platform', 'NewBankMSP', { action: 'admit', ...NEW });
    await vote('sellerBank', 'NewBankMSP', { action: 'admit', ...NEW });
    const before = await harness.stage.buyerBank.get<Members>('/v1/members');
    expect(before.items).to.have.length(5);
    expect(before.proposals).to.have.length(1);
    expect(before.proposals[0]).to.deep.include({ status: 'proposed', votes: ['PlatformMSP', 'SellerBankMSP'] });
    await vote('buyerBank', 'NewBankMSP', { action: 'admit', ...NEW });
    const after = await harness.stage.buyerBank.get<Members>('/v1/members');
    expect(after.items.map(({ mspId }) => mspId)).to.include('NewBankMSP');
  });

  it('are refused by a member that still has open records with the one that leaves', async () => {
    const network = await harness.stage.platform.get<{ items: { mspId: string; name: string; nameZh: string }[] }>(
      '/v1/members',
    );
    const { name, nameZh } = network.items.find(({ mspId }) => mspId === 'BuyerBankMSP')!;
    const error = await failureOf<Refused>(
      vote('platform', 'BuyerBankMSP', { action: 'retire', kind: 'bank', name, nameZh }),
    );
    expect([error.status, error.code]).to.deep.equal([409, 'MEMBER_HAS_OPEN_RECORDS']);
    expect(JSON.stringify(error.problem)).to.include(harness.stage.known('order'));
  });

  it('retire a member that nothing is open with; only administrators vote', async () => {
    await vote('platform', 'NewBankMSP', { action: 'retire', ...NEW });
    await vote('sellerBank', 'NewBankMSP', { action: 'retire', ...NEW });
    await vote('buyerBank', 'NewBankMSP', { action: 'retire', ...NEW });
    // Six members: three are not more than half.
    expect((await harness.stage.platform.get<Members>('/v1/members')).items).to.have.length(6);
    await harness.stage.logistics.post('/v1/members/NewBankMSP/votes', 'administrator', 'l', {
      action: 'retire',
      ...NEW,
    });
    expect((await harness.stage.platform.get<Members>('/v1/members')).items).to.have.length(5);
    const body = { action: 'retire', ...NEW };
    const error = await failureOf<Refused>(
      harness.stage.platform.post('/v1/members/NewBankMSP/votes', 'maker', 'm', body),
    );
    expect(error.status).to.equal(403);
  });
});
