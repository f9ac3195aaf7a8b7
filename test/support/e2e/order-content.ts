import type { Stage } from '../../../scripts/demo/stage';

interface OrderContent {
  readonly parties: object;
  readonly terms: object;
  readonly price: object;
  readonly payment: object;
}

/** An order the API takes, with every field that may be null filled in. */
export function orderContent(stage: Stage): OrderContent {
  const party = (name: string) => ({ partyId: null, name, country: 'GB', addressLines: ['Street 1'] });
  return {
    parties: { buyer: party('Buyer'), seller: party('Seller') },
    terms: {
      number: 'ORDER-1',
      issueDate: '2026-11-01',
      currency: 'USD',
      lines: [{ id: '1', item: 'beeswax', hsCode: '152190', quantity: '100', unit: 'KGM' }],
      incoterms: { rule: 'FOB', place: 'Felixstowe', edition: '2020' },
      deliveryWindow: { from: '2026-11-01', to: '2026-11-30' },
      ports: { loading: 'GBFXT', discharge: 'USNYC' },
      ruleSet: 'none',
      governingLaw: 'England and Wales',
      arbitration: { seat: 'London', neutral: 'ArbitrationMSP' },
      document: null,
    },
    price: { lines: [{ id: '1', price: '10', baseQuantity: '1', amountMinor: '100000' }], totalMinor: '100000' },
    payment: {
      instalments: [{ shareBasisPoints: 10_000, trigger: 'deliveredByCarrier', delayDays: 0, date: null }],
      payee: { name: 'Seller', account: 'US00SELLER0001', bic: 'SELLUS33' },
      platform: 'PlatformMSP',
      buyerBank: 'BuyerBankMSP',
      sellerBank: 'SellerBankMSP',
      businessDay: stage.known('businessDay'),
      lateInterest: { rateBasisPoints: 800, dayCount: 'ACT/360' },
    },
  };
}

type Path = readonly string[];

/** The paths to every object, list and value inside a body. */
export function places(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...at, name], ...places(member, [...at, name])]);
}

/** A copy of a body with another value at one place. */
export function withValue(body: object, [name = '', ...rest]: Path, value: unknown): object {
  const copy = Array.isArray(body) ? [...(body as unknown[])] : { ...body };
  const members = copy as Record<string, unknown>;
  members[name] = rest.length === 0 ? value : withValue(members[name] as object, rest, value);
  return copy;
}
