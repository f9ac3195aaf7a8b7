import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalBytes, canonicalJson, parseCanonicalJson } from '../../../chaincode/domain/canonical-json';
import { sha256 } from '../../../chaincode/domain/hash';
import type { Json } from '../../../chaincode/domain/json';
import { inclusionProof, leafHash, merkleRoot, verifyInclusion } from '../../../chaincode/domain/merkle';
import { fromDecimal, toDecimal } from '../../../chaincode/domain/money';
import { instalmentMinor } from '../../../chaincode/domain/operations/finance/payment-condition';
import { commitmentOf, openGroups, saltOf, type RecordDocument } from '../../../chaincode/domain/record';
import type { PurchaseOrder } from '../../../chaincode/domain/trade-types';

const VECTORS = JSON.parse(readFileSync(join(process.cwd(), 'test/vectors/leaves.json'), 'utf8')) as {
  readonly leaves: readonly { readonly leaf: Json; readonly canonical: string; readonly hash: string }[];
  readonly commitments: readonly { readonly document: RecordDocument; readonly commitment: string }[];
  readonly salts: readonly { readonly seed: string; readonly scope: string; readonly salt: string }[];
  readonly groups: readonly { readonly fields: readonly Json[]; readonly root: string }[];
};

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('formats', () => {
  it('leaves have the bytes and hashes of the vectors', () => {
    for (const { leaf, canonical, hash } of VECTORS.leaves) {
      expect(canonicalJson(leaf)).to.equal(canonical);
      expect(leafHash(Buffer.from(canonical, 'utf8')).toString('hex')).to.equal(hash);
    }
  });

  it('documents have the commitments of the vectors', () => {
    for (const { document, commitment } of VECTORS.commitments) expect(commitmentOf(document)).to.equal(commitment);
  });

  it('salts and group roots are those of the vectors', () => {
    for (const { seed, scope, salt } of VECTORS.salts) expect(saltOf(seed, scope)).to.equal(salt);
    for (const { fields, root } of VECTORS.groups) {
      expect(merkleRoot(fields.map((field) => leafHash(canonicalBytes(field)))).toString('hex')).to.equal(root);
    }
  });

  it('a group opens only with its very salts', () => {
    const { document } = VECTORS.commitments[0]!;
    const fields = VECTORS.groups[0]!.fields.map((field) => {
      const { name, salt, value } = field as { name: string; salt: string; value: Json };
      return { name, salt, value };
    });
    expect(openGroups(document, { terms: fields })).to.deep.equal({ terms: { currency: 'USD', number: 'PO-1' } });
    const other = fields.map((field, at) => (at === 0 ? { ...field, salt: '0'.repeat(32) } : field));
    expect(() => openGroups(document, { terms: other }))
      .to.throw()
      .with.property('code', 'GROUP_NOT_COMMITTED');
  });

  /** Texts that claim to be canonical and are not. */
  for (const text of [
    '{"b":1,"a":2}',
    '{ "a":1}',
    '{"a":1,"a":2}',
    '1.0',
    '1e3',
    '-0',
    '"\\u0061"',
    '[1,]',
    '"\\ud800"',
    '\ufeff{}',
    '',
  ]) {
    it(`refuses ${JSON.stringify(text)} as canonical JSON`, () => {
      expect(() => parseCanonicalJson(Buffer.from(text)))
        .to.throw()
        .with.property('code', 'JSON_NOT_CANONICAL');
    });
  }

  /** @see RFC 8785 section 3.2.3, the sorting sample */
  it('sorts names by UTF-16 code units', () => {
    const sample = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.keys(JSON.parse(canonicalJson(sample)) as object).filter((name) => name !== '1')).to.deep.equal([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });

  it('reads back what it wrote, in one spelling', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(parseCanonicalJson(bytes))).to.deep.equal(bytes);
      }),
    );
  });

  it('proves every leaf of every tree, and no other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        (data, pick) => {
          const leaves = data.map(leafHash);
          const root = merkleRoot(leaves);
          expect(root.equals(naiveRoot(leaves))).to.equal(true);
          const index = pick % leaves.length;
          const proof = inclusionProof(leaves, index);
          expect(verifyInclusion(leaves[index]!, index, leaves.length, proof, root)).to.equal(true);
          expect(verifyInclusion(sha256(leaves[index]!), index, leaves.length, proof, root)).to.equal(false);
        },
      ),
    );
  });

  it('writes and reads decimal amounts without loss', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 17n), fc.constantFrom('USD', 'JPY', 'KWD', 'CNY'), (minor, currency) => {
        expect(fromDecimal(toDecimal(minor, currency), currency)).to.equal(minor);
      }),
    );
  });

  it('splits an invoice into instalments that add up to it', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 15n),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 12 }),
        (face, weights) => {
          const sum = weights.reduce((total, weight) => total + weight, 0);
          const shares = weights.map((weight) => Math.floor((weight * 10_000) / sum));
          shares[0] = shares[0]! + 10_000 - shares.reduce((total, share) => total + share, 0);
          const order = {
            payment: { instalments: shares.map((shareBasisPoints) => ({ shareBasisPoints })) },
          } as unknown as PurchaseOrder;
          const parts = shares.map((_, at) => instalmentMinor(order, face, at));
          expect(parts.reduce((total, part) => total + part, 0n)).to.equal(face);
          expect(parts.every((part) => part >= 0n)).to.equal(true);
        },
      ),
    );
  });
});

/** The definition of RFC 6962, section 2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 1) return Buffer.from(leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}
