import { expect } from 'chai';
import type { Json } from '../../../chaincode/domain/json';
import { statementClaimBytes } from '../../../chaincode/domain/operations/reconciliation/sign-statement';
import type { StatementDigests } from '../../../chaincode/domain/operations/reconciliation/types';
import { trustFromGenesis } from '../../../evidence/trust-file';
import { softwareIdentity, toPlainSignature } from '../../../gateway/adapters/identity/signing-identity';
import { EvidenceExporter } from '../../../gateway/evidence/evidence-exporter';
import { StatementWriter } from '../../../gateway/statements/statement-files';
import { verifyStatement } from '../../../gateway/statements/verify-statement';
import { startConsortium, type Consortium, type MspId } from '../../support/evidence/consortium';
import { act, openRegistry } from '../../support/evidence/story';

const [BUYER, SELLER] = ['BuyerBankMSP', 'SellerBankMSP'] as const;
const [OPEN, NEXT] = ['2026-07-01', '2026-07-02'] as const;

interface Signed {
  readonly digests: StatementDigests;
  readonly blocks: { readonly from: string; readonly to: string };
}

/** What no gateway of ours would sign, as a member with a program of its own may. */
describe('a statement that one member signed otherwise', function () {
  this.timeout(120_000);
  let consortium: Consortium;
  let statement: string;
  before(async () => {
    consortium = await startConsortium();
    await openRegistry(consortium, {});
    await act(consortium, BUYER, 'openBusinessDay', { with: SELLER, date: OPEN });
    const [day] = await consortium.member(BUYER).index.businessDays();
    const businessDay = day!.id;
    const offered = await act(consortium, BUYER, 'proposeAgreement', {
      receiver: SELLER,
      debtor: BUYER,
      currency: 'USD',
      types: ['fee'],
      entryLimitMinor: '1000',
      dayLimitMinor: '1000',
      businessDay,
    });
    const agreement = offered.written[0]!.id;
    await act(consortium, SELLER, 'agreeAgreement', { agreement }, { recordIds: [agreement] });
    const pair = { businessDay, members: [BUYER, SELLER], date: NEXT };
    await act(consortium, BUYER, 'proposeDate', pair);
    await act(consortium, SELLER, 'advanceDate', pair);
    const lanes = (await consortium.member(BUYER).index.businessDays())[0]!.lanes;
    const close = { businessDay, members: [BUYER, SELLER], currency: 'USD', date: OPEN, segments: [] };
    await act(consortium, SELLER, 'closeDay', close, { recordIds: lanes });
    const { items } = await consortium.member(SELLER).index.list({ type: 'statement', limit: 1 });
    statement = items[0]!.id;
  });
  after(() => consortium.stop());

  async function sign(mspId: MspId, change: (own: Signed) => Signed): Promise<void> {
    const { index } = consortium.member(mspId);
    const record = (await index.record(statement))!;
    const own = change(await new StatementWriter(index).signatureInput(record));
    const { root } = record.groups['statement'] as unknown as { root: string };
    const claim = { channel: consortium.channel, statement, root, ...own, member: mspId };
    const { certificatePem, privateKeyPem } = consortium.network.material.organisations[mspId]!.users['Gateway']!;
    const identity = softwareIdentity(mspId, Buffer.from(certificatePem), Buffer.from(privateKeyPem));
    const signature = toPlainSignature(await identity.sign(statementClaimBytes(claim)));
    const input = { statement, ...own, signature } as unknown as Json;
    await act(consortium, mspId, 'signStatement', input, { recordIds: [statement] });
  }

  async function outcome(): Promise<string[]> {
    const { mspId, index, receipts, documents, registry } = consortium.member(BUYER);
    const exporter = new EvidenceExporter({ channel: consortium.channel, mspId, index, receipts, documents, registry });
    const evidence = await exporter.statementPackage(statement);
    const record = (await index.record(statement))!;
    const jsonl = Buffer.from(await new StatementWriter(index).file(record, 'jsonl')).toString('utf8');
    const trust = trustFromGenesis(consortium.network.material.genesisBlock);
    return verifyStatement({ jsonl, evidence, trust }).problems.map(({ code, place }) => `${code} ${place}`);
  }

  const reissue = (): Promise<unknown> =>
    act(consortium, BUYER, 'reissueStatement', { statement, reason: 'again' }, { recordIds: [statement] });

  it('over the same files in other blocks is in dispute', async () => {
    await sign(BUYER, (own) => own);
    expect(await outcome()).to.deep.equal([`STATEMENT_SIGNATURE_MISSING ${SELLER}`]);
    await sign(SELLER, ({ digests }) => ({ digests, blocks: { from: '1', to: '2' } }));
    expect(await outcome()).to.deep.equal(['STATEMENT_NOT_COUNTERSIGNED disputed']);
  });

  it('over another file says whose digest, and of which file', async () => {
    await reissue();
    await sign(BUYER, (own) => own);
    await sign(SELLER, ({ digests, blocks }) => ({ digests: { ...digests, csv: '0'.repeat(64) }, blocks }));
    expect(await outcome()).to.deep.equal([`STATEMENT_DIGEST_DIFFERS ${SELLER} csv`]);
  });

  it('and issued anew, signed alike, holds', async () => {
    await reissue();
    for (const mspId of [BUYER, SELLER]) await sign(mspId, (own) => own);
    expect(await outcome()).to.deep.equal([]);
  });
});
