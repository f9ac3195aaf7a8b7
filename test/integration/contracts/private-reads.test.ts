import { expect } from 'chai';
import { RecordsContract } from '../../../chaincode/contracts/records-contract';
import { RegistryContract } from '../../../chaincode/contracts/registry-contract';
import { LedgerError } from '../../../gateway/ports/ledger-port';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';
import { MEMBERS, type MspId } from '../../support/evidence/consortium';

/** Public functions of each contract: what they answer, the channel shows anyway. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  Records: ['readSkeleton', 'readHistory', 'readBusinessDay', 'readNoticeHead'],
  Registry: ['lookup', 'readNetwork', 'readBinding', 'readClaim', 'readCalendar'],
};
const CONTRACTS = [
  ['records', 'Records', new RecordsContract()],
  ['registry', 'Registry', new RegistryContract()],
] as const;

/** Every name a caller could ask for: decorated or not, inherited, of any object. */
function namesOf(contract: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = contract; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].sort();
}

describe('functions of the contracts, asked by every member of every other member’s peer', function () {
  this.timeout(120_000);
  let fixture: EvidenceFixture;
  before(async () => {
    fixture = await evidenceFixture();
  });

  const ask = async (
    asking: MspId,
    peer: MspId,
    chaincode: 'records' | 'registry',
    fn: string,
    args: string[],
  ): Promise<string> => {
    try {
      const bytes = await fixture.consortium.member(asking).ledger.evaluate({ chaincode, fn, args, endorsers: [peer] });
      return `answer ${Buffer.from(bytes).toString('utf8')}`;
    } catch (error) {
      if (error instanceof LedgerError) return error.code;
      throw error;
    }
  };

  for (const [chaincode, name, contract] of CONTRACTS) {
    it(`${name}: no private value comes back, whatever is called`, async () => {
      const { orderId, shipmentId } = fixture;
      for (const fn of namesOf(contract)) {
        for (const [asking, peer] of [
          ['LogisticsMSP', 'PlatformMSP'],
          ['BuyerBankMSP', 'SellerBankMSP'],
          ['ArbitrationMSP', 'BuyerBankMSP'],
        ] as const) {
          const args =
            fn === 'readAttachment'
              ? [orderId, 'entries']
              : fn === 'readNoticeHead'
                ? [orderId, 'BuyerBankMSP']
                : [fn === 'execute' ? '' : orderId].filter((arg) => arg !== '');
          const answer = await ask(asking, peer, chaincode, `${name}:${fn}`, args);
          expect(answer, fn).to.not.match(/kettle|English law|BKCHCNBJ|"salt"|125000/);
          if (!PUBLIC[name]!.includes(fn))
            expect(answer.startsWith('answer'), `${name}:${fn} by ${asking} at ${peer}: ${answer}`).to.equal(false);
        }
      }
      expect(shipmentId).to.match(/^[0-9a-f]{32}$/);
    });
  }

  for (const { mspId: asking } of MEMBERS) {
    it(`${asking} reads private values on its own peer alone`, async () => {
      for (const { mspId: peer } of MEMBERS) {
        for (const fn of ['readRecord', 'readDisclosure']) {
          const answer = await ask(asking, peer, 'records', `Records:${fn}`, [fixture.orderId]);
          if (asking !== peer) expect(answer, `${fn} of ${asking} at ${peer}`).to.equal('PEER_NOT_YOURS');
          else
            expect(answer, fn).to.satisfy((text: string) => text.startsWith('answer') || text === 'RECORD_NOT_FOUND');
        }
      }
    });
  }

  it('a peer outside a record endorses no operation on it, so that the way of a succession is open to nothing else', async () => {
    const notice = { kind: 'demand', order: fixture.orderId, giver: 'BuyerBankMSP', reason: 'late', withdraws: null };
    const give = (endorsers: readonly MspId[]): Promise<string> =>
      fixture.consortium
        .member('BuyerBankMSP')
        .operations.submit({ operation: 'giveNotice', input: notice, recordIds: [], endorsers })
        .then(
          () => 'committed',
          (error: { code?: string }) => String(error.code),
        );
    expect(await give(['ArbitrationMSP', 'BuyerBankMSP', 'LogisticsMSP'])).to.equal('PEER_NOT_ENTITLED');
    expect(await give(['ArbitrationMSP', 'LogisticsMSP'])).to.equal('PEER_NOT_ENTITLED');
  });

  it('a participant reads its own copy', async () => {
    const answer = await ask('BuyerBankMSP', 'BuyerBankMSP', 'records', 'Records:readRecord', [fixture.orderId]);
    expect(answer).to.contain('kettle');
  });

  it('a name without a contract, or of Fabric’s own system contract, gives no private value', async () => {
    for (const fn of [
      'readRecord',
      'org.hyperledger.fabric:GetMetadata',
      ':',
      'Records:',
      'Records:__proto__',
      'Records:then',
    ]) {
      expect(await ask('LogisticsMSP', 'PlatformMSP', 'records', fn, [fixture.orderId])).to.not.match(/kettle|"salt"/);
    }
  });
});

describe('roles of certificates', () => {
  for (const [role, code] of [
    ['client', 'RECORD_NOT_FOUND'],
    ['admin', 'CERTIFICATE_ROLE_WRONG'],
    ['peer', 'CERTIFICATE_ROLE_WRONG'],
    ['orderer', 'CERTIFICATE_ROLE_WRONG'],
  ] as const) {
    it(`a certificate of the role ${role} gets ${code}`, async () => {
      const authority = await CertificateAuthority.create('bank.test', 'ca');
      const { certificatePem } = await authority.issueIdentity('bank.test', role, 'somebody@bank.test');
      const context = {
        clientIdentity: { getMSPID: () => 'BankMSP', getIDBytes: () => Buffer.from(certificatePem) },
        stub: {
          getMspID: () => 'BankMSP',
          getState: async () => new Uint8Array(),
          getPrivateData: async () => new Uint8Array(),
        },
      };
      const contract = new RecordsContract();
      // The contract library passes the function's name where its type says Function.
      const call = contract.aroundTransaction.bind(contract) as unknown as (
        ctx: object,
        fn: string,
        args: string[],
      ) => Promise<unknown>;
      const error = await call(context, 'readSkeleton', ['a'.repeat(32)]).catch((reason: unknown) => reason);
      expect(JSON.parse((error as Error).message)).to.include({ code });
    });
  }
});
