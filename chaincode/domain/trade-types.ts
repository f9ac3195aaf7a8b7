import type { InterestTerms } from './interest';
import type { Json } from './json';
import type { Trigger } from './trade-terms';

/** A party to an order, as the order names it; null id until the party is known to its platform. */
export interface OrderParty {
  readonly partyId: string | null;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly addressLines: readonly string[];
}

export interface OrderLine {
  readonly id: string;
  readonly item: string;
  /** HS code of the 2022 edition, 6 to 10 digits; null while missing. */
  readonly hsCode: string | null;
  /** Decimal string. */
  readonly quantity: string;
  /** UN/ECE Recommendation 20 code. */
  readonly unit: string;
}

export interface OrderTerms {
  readonly number: string;
  readonly issueDate: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly incoterms: { readonly rule: string; readonly place: string; readonly edition: '2020' } | null;
  readonly deliveryWindow: { readonly from: string; readonly to: string } | null;
  /** UN/LOCODEs. */
  readonly ports: { readonly loading: string | null; readonly discharge: string | null };
  readonly ruleSet: 'URDTT-1.0' | 'none';
  readonly governingLaw: string | null;
  readonly arbitration: { readonly seat: string | null; readonly neutral: string };
  /** SHA-256 of the document it was imported from; null when entered by hand. */
  readonly document: string | null;
}

export interface LinePrice {
  readonly id: string;
  /** Price in major units per base quantity, decimal string. */
  readonly price: string;
  readonly baseQuantity: string;
  readonly amountMinor: string;
}

export interface OrderPrice {
  readonly lines: readonly LinePrice[];
  readonly totalMinor: string;
}

export interface Instalment {
  /** Hundredths of a per cent of the invoice; all instalments together 10,000. */
  readonly shareBasisPoints: number;
  readonly trigger: Trigger;
  /** Calendar days after the trigger. */
  readonly delayDays: number;
  /** For the trigger `date`. */
  readonly date: string | null;
}

export interface OrderPayment {
  readonly instalments: readonly Instalment[];
  readonly payee: { readonly name: string; readonly account: string; readonly bic: string } | null;
  readonly platform: string;
  readonly buyerBank: string;
  readonly sellerBank: string;
  /** Id of the banks' business date. */
  readonly businessDay: string;
  /** What is owed on a payment made late; absent where the parties agreed on none. */
  readonly lateInterest?: InterestTerms;
}

export interface LineProgress {
  readonly id: string;
  readonly despatched: string;
  readonly delivered: string;
  readonly invoiced: string;
}

export interface OrderProgress {
  readonly lines: readonly LineProgress[];
  readonly despatches: readonly Despatch[];
  /** Numbers of the despatches that have arrived. */
  readonly deliveries: readonly string[];
  readonly buyerQualifiedBy: string | null;
  readonly proposedBy: string | null;
  /** Business date on which both had signed. */
  readonly confirmedOn: string | null;
}

/** Goods that left the seller under one number. */
export interface Despatch {
  readonly number: string;
  readonly despatchedOn: string;
  readonly carrier: string;
  readonly lines: readonly ShipmentLine[];
  readonly document: string | null;
}

/** Everything a purchase order's record holds, group by group. */
export interface PurchaseOrder {
  readonly parties: { readonly buyer: OrderParty; readonly seller: OrderParty };
  readonly terms: OrderTerms;
  readonly price: OrderPrice;
  readonly payment: OrderPayment;
  readonly progress: OrderProgress;
  /** Ids that exist only once their transaction does, so no signature can cover them. */
  readonly links: { readonly shipments: readonly string[] }; // those whose delivery was noted
}

export interface ShipmentLine {
  readonly id: string;
  readonly quantity: string;
  readonly unit: string;
}

/** An event of the transport; `PLN` and `EST` are history only. @see DCSA Track and Trace 2.2 */
export interface TransportEvent {
  readonly eventId: string;
  readonly classifier: 'PLN' | 'EST' | 'ACT';
  readonly type: 'TRANSPORT' | 'EQUIPMENT' | 'SHIPMENT';
  readonly code: string;
  readonly occurredAt: string;
  readonly location: string | null;
  /** Event it takes back; such an event says nothing else. */
  readonly retracts: string | null;
  readonly document: string | null;
}

export interface Shipment {
  readonly goods: Despatch & { readonly order: string; readonly orderCommitment: string };
  readonly events: { readonly list: readonly TransportEvent[]; readonly deliveredOn: string | null };
}

export interface InvoiceLine {
  readonly id: string;
  readonly quantity: string;
  readonly amountMinor: string;
}

export interface Invoice {
  readonly invoice: {
    readonly order: string;
    readonly number: string;
    readonly issueDate: string;
    readonly currency: string;
    readonly lines: readonly InvoiceLine[];
    readonly totalMinor: string;
    readonly dueDate: string;
    readonly document: string | null;
    readonly issuedOn: string | null;
    readonly acceptedOn: string | null;
    readonly reason: string | null;
  };
  readonly roles: OrderRoles;
}

/** Who plays which part; copied from the order so that each record judges authority by itself. */
export interface OrderRoles {
  readonly platform: string;
  readonly buyerBank: string;
  readonly sellerBank: string;
  readonly businessDay: string;
  readonly buyer: string;
  readonly seller: string;
  readonly neutral: string;
}

export interface Receivable {
  readonly claim: {
    readonly order: string;
    readonly invoice: string;
    readonly invoiceNumber: string;
    readonly currency: string;
    readonly faceValueMinor: string;
    readonly openMinor: string;
    readonly fingerprint: string;
    readonly dueDate: string;
    readonly acceptedOn: string;
    readonly holder: {
      readonly partyId: string | null;
      readonly mspId: string;
      readonly name: string;
      readonly account: string;
      readonly bic: string;
    };
  };
  readonly financing: {
    readonly bank: string | null;
    readonly purchasePriceMinor: string | null;
    readonly terms: string | null;
  };
  /** Instalments instructed so far, in the order of their instruction. */
  readonly progress: { readonly instalments: readonly InstalmentPayment[] };
  readonly roles: OrderRoles;
}

export interface InstalmentPayment {
  /** Place in the order's list of instalments, from 0. */
  readonly index: number;
  readonly payment: string;
  readonly status: 'instructed' | 'paid' | 'rejected' | 'returned';
  /** Value date of the return; only there on a payment returned. */
  readonly returnedOn?: string;
}

/** Who bears a charge. @see ISO 20022 ChargeBearerType1Code */
export const CHARGE_BEARERS = ['DEBT', 'SHAR', 'CRED', 'SLEV'] as const;

/** A charge that a bank levied on a payment, in the payment's currency. */
export interface PaymentCharge {
  readonly amountMinor: string;
  readonly bearer: (typeof CHARGE_BEARERS)[number];
  /** The member that levied it; null for a bank that is neither of the two. */
  readonly member: string | null;
  /** Its BIC, where the bank's message names it. */
  readonly agent: string | null;
}

/** Why part of a payment is given back. */
export const REFUND_CODES = ['shortDelivery', 'rejectedQuantity', 'priceCorrection', 'overpayment', 'other'] as const;

/** Part of a payment made that the creditor gives back. */
export interface PaymentRefund {
  readonly amountMinor: string;
  /** Value date. */
  readonly on: string;
  readonly code: (typeof REFUND_CODES)[number];
  readonly text: string;
  /** Number of the seller's credit note, where there is one. */
  readonly creditNote: string | null;
  /** SHA-256 of that document. */
  readonly document: string | null;
}

/** A payment made that was given back whole. @see ISO 20022 pacs.004 */
export interface PaymentReturn {
  /** Value date of the money's way back. */
  readonly on: string;
  /** ISO 20022 external return reason code. */
  readonly reason: string;
  /** SHA-256 of the bank's message. */
  readonly document: string | null;
}

export interface Payment {
  readonly payment: {
    readonly order: string;
    readonly receivable: string;
    /** Place in the order's list of instalments, from 0. */
    readonly instalment: number;
    readonly invoiceNumber: string;
    readonly endToEndId: string;
    readonly uetr: string;
    readonly currency: string;
    readonly amountMinor: string;
    readonly debtorName: string;
    readonly creditorName: string;
    readonly creditorAccount: string;
    readonly creditorBic: string;
    readonly creditorMember: string;
    readonly requestedDate: string;
    readonly paidOn: string | null;
    readonly reason: string | null;
    readonly document: string | null;
    readonly receivableStatus: 'open' | 'discounted';
    /** The order's terms for a payment made late, and the date after which it is; absent where there are none. */
    readonly lateInterest?: InterestTerms & { readonly dueDate: string };
    /** Only there on a payment made with charges. */
    readonly charges?: readonly PaymentCharge[];
    /** In the order they were stated; only there on a payment refunded in part. */
    readonly refunds?: readonly PaymentRefund[];
    /** Only there on a payment that was returned. */
    readonly returned?: PaymentReturn;
  };
  readonly roles: OrderRoles;
}

/** Reads groups that were checked against their roots as the shape this type's operations wrote. */
export function as<T>(groups: Readonly<Record<string, Readonly<Record<string, Json>>>>): T {
  return groups as unknown as T;
}
