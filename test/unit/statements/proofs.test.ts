import { expect } from 'chai';
import fc from 'fast-check';
import { sign } from 'node:crypto';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statementClaimBytes } from '../../../chaincode/domain/operations/reconciliation/sign-statement';
import type { Statement } from '../../../chaincode/domain/operations/reconciliation/types';
import { inclusionProof, merkleRoot } from '../../../chaincode/domain/merkle';
import type { TrustFile } from '../../../evidence/trust-file';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import {
  proveEntry,
  verifyProof,
  type AbsenceProof,
  type EntryProof,
  type InclusionProof,
} from '../../../gateway/statements/entry-proof';
import { foldTree, hexOf } from '../../../gateway/statements/folded-tree';
import { SortedKeys } from '../../../gateway/statements/sorted-keys';
import type { StatementSource, StreamedStatement } from '../../../gateway/statements/statement-source';
import {
  digestsOf,
  streamedDigests,
  streamStatement,
  STATEMENT_FORMATS,
  writeStatement,
} from '../../../gateway/statements/write-statement';
import { aStatement, anEntry, PAIR } from '../../support/statements/a-statement';

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function streamed(source: StatementSource): StreamedStatement {
  return {
    ...source,
    async *segments() {
      await Promise.resolve();
      yield* source.segments();
    },
  };
}

describe('proofs from a statement', () => {
  const people = new Map<string, { root: string; certificate: string; key: string }>();
  let trust: TrustFile;
  before(async () => {
    for (const member of PAIR) {
      const authority = await CertificateAuthority.create(`${member}.test`, 'ca');
      const { certificatePem, privateKeyPem } = await authority.issueIdentity(`${member}.test`, 'client', 'G');
      people.set(member, { root: authority.certificatePem, certificate: certificatePem, key: privateKeyPem });
    }
    const members = PAIR.map((mspId) => ({ mspId, rootCertificates: [people.get(mspId)!.root] }));
    trust = { format: 'concordat.trust.v1', channel: 'trade', genesisHash: '0'.repeat(64), members, orderers: [] };
  });

  const signed = (source: StatementSource): Statement['signatures'] =>
    Object.fromEntries(
      PAIR.map((member) => {
        const { certificate, key } = people.get(member)!;
        const [digests, blocks] = [digestsOf(source), { from: '1', to: '2' }];
        const claim = {
          channel: source.channel,
          statement: source.id,
          root: source.statement.root,
          digests,
          blocks,
          member,
        };
        const raw = sign('sha256', statementClaimBytes(claim), { key, dsaEncoding: 'ieee-p1363' }).toString('hex');
        const s = BigInt(`0x${raw.slice(64)}`);
        const low = s <= P256_ORDER / 2n ? raw : raw.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
        return [member, { digests, blocks, certificate, signature: low }];
      }),
    );
  const statementOf = (sizes: readonly number[]): StatementSource =>
    aStatement([
      {
        debtor: PAIR[0],
        segments: sizes.map((size, at) =>
          Array.from({ length: size }, (_, number) => anEntry({ endToEndId: `E-${at}-${number}` })),
        ),
      },
    ]);
  const codes = (proof: EntryProof, roots: TrustFile | undefined = trust): string[] =>
    verifyProof(proof, roots).map(({ code }) => code);

  it('every entry has one that verifies, and every other id one that it is not there', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.string({ minLength: 1, maxLength: 20 }), async (segments, stranger) => {
        const source = statementOf(segments);
        const signatures = signed(source);
        const ids = segments.flatMap((size, at) => Array.from({ length: size }, (_, number) => `E-${at}-${number}`));
        for (const id of ids.slice(0, 5)) {
          const proof = await proveEntry(streamed(source), signatures, id);
          expect([proof.kind, codes(proof)]).to.deep.equal(['inclusion', []]);
        }
        const absent = await proveEntry(streamed(source), signatures, `no ${stranger}`);
        expect([absent.kind, codes(absent)]).to.deep.equal(['absence', []]);
      }),
      { numRuns: 15 },
    );
  });

  it('no byte of one may change', async () => {
    const source = statementOf([5, 4]);
    const signatures = signed(source);
    for (const id of ['E-1-2', 'nobody']) {
      const text = JSON.stringify(await proveEntry(streamed(source), signatures, id));
      // Base64 leaves bits unused at its end: two spellings of one certificate are one certificate.
      const pems = [...text.matchAll(/-----BEGIN.*?-----END/g)].map(({ index, 0: pem }) => [index, index + pem.length]);
      const places = [...text.matchAll(/[0-9a-f]/g)]
        .map(({ index }) => index)
        .filter((at) => !pems.some(([from = 0, to = 0]) => at >= from && at < to));
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...places), fc.constantFrom(...'0123456789abcdef'), async (at, digit) => {
          if (text[at] === digit) return;
          const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
          let proof: EntryProof;
          try {
            proof = JSON.parse(changed) as EntryProof;
          } catch {
            return;
          }
          expect(codes(proof), `${at} ${text.slice(at - 30, at + 10)}`).to.not.deep.equal([]);
        }),
        { numRuns: 300 },
      );
    }
  });

  describe('cannot be turned round', () => {
    let source: StatementSource;
    let inclusion: InclusionProof;
    let absence: AbsenceProof;
    before(async () => {
      source = statementOf([5, 4]);
      const signatures = signed(source);
      inclusion = (await proveEntry(streamed(source), signatures, 'E-0-1')) as InclusionProof;
      absence = (await proveEntry(streamed(source), signatures, 'nobody')) as AbsenceProof;
    });

    const attacks: readonly (readonly [string, () => EntryProof, string])[] = [
      ['another id for the same leaf', () => ({ ...inclusion, endToEndId: 'E-0-2' }), 'PROOF_ENTRY_DIFFERS'],
      ['another place', () => ({ ...inclusion, entryIndex: 2 }), 'PROOF_ENTRY_DIFFERS'],
      ['another day', () => ({ ...inclusion, date: '2026-11-09' }), 'PROOF_INDEX_DIFFERS'],
      ['an absence on another day', () => ({ ...absence, date: '2026-11-09' }), 'PROOF_INDEX_DIFFERS'],
      ['an absence in another currency', () => ({ ...absence, currency: 'EUR' }), 'PROOF_INDEX_DIFFERS'],
      ['neighbours of an id that is there', () => ({ ...absence, endToEndId: 'E-0-1' }), 'PROOF_NOT_ADJACENT'],
      ['a neighbour left out', () => ({ ...absence, before: null }), 'PROOF_NOT_ADJACENT'],
      ['a smaller index', () => ({ ...absence, size: absence.size - 1 }), 'PROOF_INDEX_DIFFERS'],
      [
        'neighbours with others between them',
        () => ({ ...absence, after: { ...absence.after!, index: absence.after!.index + 1 } }),
        'PROOF_INDEX_DIFFERS',
      ],
      [
        'one member’s signature alone',
        () => ({ ...absence, signatures: { [PAIR[0]]: absence.signatures[PAIR[0]]! } }),
        'STATEMENT_SIGNATURE_MISSING',
      ],
      [
        'signatures exchanged',
        () => ({
          ...absence,
          signatures: { [PAIR[0]]: absence.signatures[PAIR[1]]!, [PAIR[1]]: absence.signatures[PAIR[0]]! },
        }),
        'STATEMENT_SIGNATURE_INVALID',
      ],
    ];
    for (const [title, make, code] of attacks) it(`${title}: ${code}`, () => expect(codes(make())).to.include(code));

    it('what is no proof is unreadable', () => {
      for (const odd of [{}, null, { kind: 'absence' }, { ...absence, before: { key: 'x' } }]) {
        expect(codes(odd as never)).to.include('PROOF_UNREADABLE');
      }
    });

    it('strangers’ certificates are not trusted', () => {
      const strangers = { ...trust, members: trust.members.map((member) => ({ ...member, rootCertificates: [] })) };
      expect(codes(absence, strangers)).to.deep.equal(['CERTIFICATE_NOT_TRUSTED', 'CERTIFICATE_NOT_TRUSTED']);
    });
  });

  it('a tree folded leaf by leaf has the root and the paths of RFC 6962', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 70 }), (leaves) => {
        const hashes = leaves.map((leaf) => Buffer.from(leaf));
        const all = hashes.map((_leaf, at) => at);
        const { root, size, paths } = foldTree(
          hashes.map((one) => one.toString('latin1')),
          all,
        );
        expect(hexOf(root)).to.equal(merkleRoot(hashes).toString('hex'));
        expect(size).to.equal(hashes.length);
        for (const at of all) {
          expect(paths.get(at)?.map(hexOf)).to.deep.equal(inclusionProof(hashes, at).map((one) => one.toString('hex')));
        }
      }),
    );
  });

  describe('sorted keys', () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
    const read = (keys: SortedKeys): string[] => Array.from(keys, (one) => one.toString('hex'));

    it('are in order and whole, in memory or in files, however often they are read', () => {
      fc.assert(
        fc.property(fc.array(key, { maxLength: 200 }), fc.nat({ max: 220 }), (given, inMemory) => {
          const keys = new SortedKeys(inMemory);
          try {
            for (const one of given) keys.add(one.toString('latin1'));
            const expected = given.map((one) => one.toString('hex')).sort();
            expect(read(keys)).to.deep.equal(expected);
            expect(read(keys)).to.deep.equal(expected);
            expect(keys.count).to.equal(given.length);
          } finally {
            keys.close();
          }
        }),
        { numRuns: 60 },
      );
    });

    it('that all begin alike are in order too, and more than a bucket’s pen holds', () => {
      const keys = new SortedKeys(10);
      for (let at = 3_000; at > 0; at--) {
        const one = Buffer.alloc(32);
        one.writeUInt32BE(at, 28);
        keys.add(one.toString('latin1'));
      }
      expect(read(keys).map((one) => parseInt(one, 16))).to.deep.equal(
        Array.from({ length: 3_000 }, (_, at) => at + 1),
      );
      keys.close();
    });

    it('leave nothing in the temporary folder', () => {
      const [folder, usual] = [mkdtempSync(join(tmpdir(), 'concordat-test-')), process.env['TMPDIR']];
      process.env['TMPDIR'] = folder;
      const keys = new SortedKeys(0);
      try {
        keys.add('\0'.repeat(32));
        expect(readdirSync(folder)).to.deep.equal([]);
        expect(read(keys)).to.deep.equal(['0'.repeat(64)]);
      } finally {
        keys.close();
        if (usual === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = usual;
        rmdirSync(folder);
      }
    });
  });

  it('files written as they are read are the files written at once, and so are their digests', async () => {
    const source = statementOf([3, 2, 4]);
    for (const format of STATEMENT_FORMATS) {
      let text = '';
      for await (const chunk of streamStatement(format, streamed(source))) text += chunk;
      expect(text).to.equal([...writeStatement(format, source)].join(''));
    }
    expect(await streamedDigests(streamed(source))).to.deep.equal(digestsOf(source));
  });
});
