import { canonicalJson } from '../../canonical-json';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseMinor } from '../../money';
import type { Change, Operation } from '../../operation';
import { isBic } from '../../trade-terms';
import { as, type Receivable } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';

/** What the holder agreed to sell the receivable for; the registry knows its hash only. */
export interface DiscountTerms {
  readonly account: string;
  readonly bank: string;
  readonly bic: string;
  readonly currency: string;
  readonly name: string;
  readonly purchasePriceMinor: string;
  readonly receivable: string;
  /** 128 bits, so that nobody can guess the price from the hash. */
  readonly salt: string;
}

interface Discount {
  readonly terms: DiscountTerms;
}

/** SHA-256 of the terms' canonical JSON, as the holder signs it in the registry's claim. */
export function discountTermsHash(terms: DiscountTerms): string {
  return sha256Hex(canonicalJson(terms as unknown as Json));
}

export function parseDiscountTerms(input: Input): DiscountTerms {
  const terms = {
    account: input.text('account', /^[A-Za-z0-9]{1,34}$/),
    bank: input.mspId('bank'),
    bic: input.text('bic'),
    currency: input.text('currency', /^[A-Z]{3}$/),
    name: input.text('name', /^[^\u0000-\u001f]{1,140}$/u),
    purchasePriceMinor: String(input.with('purchasePriceMinor', parseMinor)),
    receivable: input.id('receivable'),
    salt: input.text('salt', /^[0-9a-f]{32}$/),
  };
  if (!isBic(terms.bic)) throw new Rejection('CODE_UNKNOWN', { field: '/input/terms/bic', list: 'ISO 9362' });
  input.end();
  return terms;
}

/** A bank buys the receivable, once: it must hold the registry's claim on the invoice on exactly these terms. */
export const discountReceivable: Operation<Discount> = {
  authority: {
    operation: 'discountReceivable',
    record: 'receivable',
    from: ['open'],
    to: 'discounted',
    creator: 'claimingBank',
    signature: 'seller',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { terms: parseDiscountTerms(input.object('terms')) };
    input.end();
    return value;
  },
  reads: ({ terms }, supplied) => ({
    businessDays: claimedIds(supplied.get(terms.receivable), 'roles', 'businessDay'),
    claims: claimedFingerprint(supplied.get(terms.receivable)),
    network: true,
  }),
  apply(context, { terms }): readonly Change[] {
    const record = context.record(terms.receivable, 'receivable');
    requireStatus(record, discountReceivable.authority);
    const content = as<Receivable>(record.groups);
    requireCreator(context, terms.bank);
    requireCreator(context, content.roles.sellerBank, content.roles.buyerBank);
    const claim = context.claim(content.claim.fingerprint);
    if (claim === undefined) throw new Rejection('FINGERPRINT_NOT_REGISTERED');
    const isHeld = claim.status === 'financed' && claim.bank === terms.bank && claim.recordId === terms.receivable;
    if (!isHeld || claim.terms !== discountTermsHash(terms)) throw new Rejection('CLAIM_NOT_YOURS');
    requirePrice(content, terms);
    const { account, bank, bic, name, purchasePriceMinor } = terms;
    const holder = { partyId: null, mspId: bank, name, account, bic };
    return [
      {
        kind: 'update',
        record,
        status: 'discounted',
        groups: groupsOf({
          ...content,
          claim: { ...content.claim, holder },
          financing: { bank, purchasePriceMinor, terms: claim.terms },
        }),
        signed: {
          action: 'discountReceivable',
          parties: [content.roles.seller],
          businessDate: context.businessDay(content.roles.businessDay).date,
        },
      },
    ];
  },
};

function claimedFingerprint(supplied: Parameters<typeof claimedIds>[0]): string[] {
  const claim = supplied?.groups['claim']?.find(({ name }) => name === 'fingerprint')?.value;
  return typeof claim === 'string' && /^[0-9a-f]{64}$/.test(claim) ? [claim] : [];
}

function requirePrice({ claim }: Receivable, terms: DiscountTerms): void {
  const isFair = terms.currency === claim.currency && BigInt(terms.purchasePriceMinor) <= BigInt(claim.faceValueMinor);
  if (!isFair) throw new Rejection('PRICE_OUT_OF_RANGE', { field: '/input/terms/purchasePriceMinor' });
}
