import type { JsonObject } from '../../chaincode/domain/json';

/** An order between the demonstration's members as the API takes it, for loads. */
export function draftOrder(businessDay: string): JsonObject {
  const party = (name: string): JsonObject => ({
    partyId: null,
    name,
    country: 'GB',
    addressLines: ['1 Harbour Street', 'Felixstowe'],
  });
  return {
    parties: { buyer: party('Buyer Limited'), seller: party('Seller Limited') },
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
      payee: { name: 'Seller Limited', account: 'US00SELLER0001', bic: 'SELLUS33' },
      platform: 'PlatformMSP',
      buyerBank: 'BuyerBankMSP',
      sellerBank: 'SellerBankMSP',
      businessDay,
    },
  };
}
