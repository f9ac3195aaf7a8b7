import type { Json, JsonObject } from '../../../chaincode/domain/json';

/** An order document in the form the API takes it: what the document does not say is null. */
export function orderDraft(content: JsonObject): JsonObject {
  const lines = content['lines'] as readonly JsonObject[];
  return {
    parties: { buyer: party(content['buyer']), seller: party(content['seller']) },
    terms: {
      number: content['id'] as Json,
      issueDate: content['issueDate'] as Json,
      currency: content['currency'] as Json,
      lines: lines.map(({ id, item, quantity, unit }) => ({ id, item, hsCode: null, quantity, unit }) as JsonObject),
      incoterms: null,
      deliveryWindow: window(content['deliveryPeriod']),
      ports: { loading: null, discharge: null },
      ruleSet: 'none',
      governingLaw: null,
      arbitration: { seat: null },
      document: null,
    },
    price: {
      lines: lines.map(
        ({ id, price, baseQuantity, amountMinor }) => ({ id, price, baseQuantity, amountMinor }) as JsonObject,
      ),
      totalMinor: content['totalMinor'] as Json,
    },
    payment: { instalments: [], payee: null },
  };
}

function party(value: Json | undefined): JsonObject {
  return { partyId: null, ...(value as JsonObject) };
}

function window(value: Json | undefined): Json {
  const period = value as JsonObject | null;
  return period === null || period['from'] === null || period['to'] === null ? null : period;
}
