import { expect } from 'chai';
import { generateKeyPairSync, sign } from 'node:crypto';
import { statementClaimBytes } from '../../../chaincode/domain/operations/reconciliation/sign-statement';
import type { StatementSignature } from '../../../chaincode/domain/operations/reconciliation/types';
import type { TrustFile } from '../../../evidence/trust-file';
import { digestsOf, writeStatement } from '../../../gateway/statements/write-statement';
import { verifyStatement, type StatementInput } from '../../../gateway/statements/verify-statement';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { anEntry, aStatement, PAIR } from '../../support/statements/a-statement';

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SOURCE = aStatement([
  { debtor: PAIR[0], segments: [[anEntry(), anEntry({ endToEndId: 'E2E-2' })], [anEntry({ endToEndId: 'E2E-3' })]] },
  { debtor: PAIR[1], segments: [[anEntry({ endToEndId: 'E2E-4', type: 'fee' })]] },
]);
const JSONL = [...writeStatement('jsonl', SOURCE)].join('');

/** A member with its own authority, signing as its gateway does. */
async function aMember(mspId: string): Promise<{ root: string; signature: StatementSignature }> {
  const authority = await CertificateAuthority.create(`${mspId.toLowerCase()}.test`, 'ca');
  const { certificatePem, privateKeyPem } = await authority.issueIdentity(
    `${mspId.toLowerCase()}.test`,
    'client',
    'Gateway',
  );
  const digests = digestsOf(SOURCE);
  const blocks = { from: '3', to: '5' };
  const claim = { channel: 'trade', statement: SOURCE.id, root: SOURCE.statement.root, digests, blocks, member: mspId };
  const bytes = sign('sha256', statementClaimBytes(claim), { key: privateKeyPem, dsaEncoding: 'ieee-p1363' }).toString(
    'hex',
  );
  const s = BigInt(`0x${bytes.slice(64)}`);
  const low = s <= P256_ORDER / 2n ? bytes : bytes.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
  return {
    root: authority.certificatePem,
    signature: { digests, blocks, certificate: certificatePem, signature: low },
  };
}

describe('statement verification', () => {
  let input: StatementInput & { record: NonNullable<StatementInput['record']>; trust: TrustFile };

  before(async () => {
    const members = await Promise.all(PAIR.map(aMember));
    const signatures = Object.fromEntries(PAIR.map((mspId, at) => [mspId, members[at]!.signature]));
    const trusted = PAIR.map((mspId, at) => ({ mspId, rootCertificates: [members[at]!.root] }));
    input = {
      jsonl: JSONL,
      record: { id: SOURCE.id, groups: { statement: SOURCE.statement, signatures, refusals: { given: [] } } },
      trust: {
        format: 'concordat.trust.v1',
        channel: 'trade',
        genesisHash: '0'.repeat(64),
        members: trusted,
        orderers: [],
      },
    };
  });

  const withSignature = (change: Partial<StatementSignature>): StatementInput => {
    const { record } = input;
    const own = { ...record.groups.signatures[PAIR[0]]!, ...change };
    return {
      ...input,
      record: { ...record, groups: { ...record.groups, signatures: { ...record.groups.signatures, [PAIR[0]]: own } } },
    };
  };
  const codes = (given: StatementInput): string[] => verifyStatement(given).problems.map(({ code }) => code);

  it('accepts what both members signed', () => {
    expect(verifyStatement(input)).to.deep.equal({ verdict: 'verified', problems: [] });
  });

  it('says "unverified" without record or trust', () => {
    expect(verifyStatement({ jsonl: JSONL }).verdict).to.equal('unverified');
    const { trust: _none, ...rest } = input;
    expect(verifyStatement(rest).verdict).to.equal('unverified');
  });

  it('rejects 400 seeded single-byte changes of the file', () => {
    const bytes = Buffer.from(JSONL);
    for (let seed = 1, at = 7; seed <= 400; seed++, at = (at * 48_271 + 11) % bytes.length) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 + (seed % 127));
      const { verdict } = verifyStatement({ ...input, jsonl: changed.toString('utf8') });
      expect(verdict, `byte ${at}`).to.be.oneOf(['altered', 'unreadable']);
    }
  });

  it('names what was left out, put in, or moved', () => {
    const lines = JSONL.split('\n');
    const without = (at: number): string => lines.filter((_, index) => index !== at).join('\n');
    expect(codes({ jsonl: without(1) })).to.deep.equal(['SEGMENT_ENTRIES_DIFFER']);
    const swapped = [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n');
    expect(codes({ jsonl: swapped })).to.deep.equal(['SEGMENT_ENTRIES_DIFFER']);
    const strange = (lines[1] as string).replace(/"segment":"[^"]*"/, `"segment":"${'f'.repeat(32)}"`);
    expect(codes({ jsonl: [lines[0], strange, ...lines.slice(1)].join('\n') })).to.deep.equal(['SEGMENT_UNKNOWN']);
    expect(verifyStatement({ jsonl: without(0) }).verdict).to.equal('unreadable');
    expect(codes({ jsonl: without(lines.length - 2) })).to.deep.equal(['STATEMENT_LINE_INVALID']);
  });

  it('compares the other files byte for byte', () => {
    const csv = [...writeStatement('csv', SOURCE)].join('');
    const camt053 = [...writeStatement('camt053', SOURCE)].join('');
    expect(codes({ ...input, csv, camt053 })).to.deep.equal([]);
    expect(codes({ ...input, csv: csv.replace('E2E-2', 'E2E-9') })).to.deep.equal(['STATEMENT_FILE_DIFFERS']);
    expect(codes({ ...input, camt053: camt053.replace('12.50', '12.51') })).to.deep.equal(['STATEMENT_FILE_DIFFERS']);
  });

  it('rejects signatures over other files, by other keys, in another spelling', () => {
    const { signature } = input.record.groups.signatures[PAIR[0]]!;
    const s = BigInt(`0x${signature.slice(64)}`);
    const high = signature.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const invalid = ['STATEMENT_SIGNATURE_INVALID'];
    expect(codes(withSignature({ signature: high }))).to.deep.equal(invalid);
    expect(codes(withSignature({ signature: '0'.repeat(128) }))).to.deep.equal(invalid);
    expect(codes(withSignature({ blocks: { from: '3', to: '6' } }))).to.deep.equal(invalid);
    expect(codes(withSignature({ certificate: input.record.groups.signatures[PAIR[1]]!.certificate }))).to.include(
      invalid[0],
    );
    expect(codes(withSignature({ certificate: other }))).to.deep.equal([...invalid, 'CERTIFICATE_NOT_TRUSTED']);
  });

  it("rejects a certificate of another authority, a missing signature, another statement's record", () => {
    const { record, trust } = input;
    const swapped = {
      ...trust,
      members: trust.members.map(({ mspId }, at) => ({
        mspId,
        rootCertificates: trust.members[1 - at]!.rootCertificates,
      })),
    };
    expect(codes({ ...input, trust: swapped })).to.deep.equal(['CERTIFICATE_NOT_TRUSTED', 'CERTIFICATE_NOT_TRUSTED']);
    const { [PAIR[1]]: _gone, ...signatures } = record.groups.signatures;
    expect(codes({ ...input, record: { ...record, groups: { ...record.groups, signatures } } })).to.deep.equal([
      'STATEMENT_SIGNATURE_MISSING',
    ]);
    expect(codes({ ...input, record: { ...record, id: '8'.repeat(32) } })).to.deep.equal(['STATEMENT_RECORD_DIFFERS']);
  });
});
