import { REFUND_CODES } from '../../../chaincode/domain/trade-types';
import {
  Amount,
  Bic,
  CalendarDate,
  Currency,
  Digest,
  FreeObject,
  KeyAddress,
  KeySignature,
  NestedList,
  OneOf,
  Pattern,
  Quantity,
  RecordId,
  RecordIdList,
  Text,
  WholeNumber,
} from '../../http/validation/fields';

const NULLABLE = { optional: true, nullable: true };
const NONCE = /^(0|[1-9]\d{0,76})$/;

class InvoiceLineDto {
  @Pattern(/^[A-Za-z0-9._-]{1,35}$/) id!: string;
  @Quantity() quantity!: string;
  @Amount() amountMinor!: string;
}

/** An invoice against an order. */
export class InvoiceDto {
  @RecordId() order!: string;
  @Text(35) number!: string;
  @CalendarDate() issueDate!: string;
  @CalendarDate() dueDate!: string;
  @Currency() currency!: string;
  @NestedList(() => InvoiceLineDto, { min: 1, max: 500 }) lines!: InvoiceLineDto[];
  @Amount() totalMinor!: string;
  @Digest(NULLABLE) document?: string | null;
}

/** What a bank offers for a receivable; the holder signs it. */
export class FinancingOfferDto {
  @Amount() purchasePriceMinor!: string;
  @Text(140) name!: string;
  @Pattern(/^[A-Za-z0-9]{5,34}$/) account!: string;
  @Bic() bic!: string;
}

/** A bank's claim on a document with its holder's signature. */
export class FinancingClaimDto {
  @Digest() terms!: string;
  @Pattern(NONCE) nonce!: string;
  @WholeNumber(20_000_101, 99_991_231) deadline!: number;
  @KeyAddress() address!: string;
  @KeySignature() signature!: string;
  @RecordId() businessDay!: string;
}

export class PaymentInstructionDto {
  @WholeNumber(0, 99) instalment!: number;
  @RecordIdList({ max: 100 }, { optional: true }) notices?: string[];
}

/** Part of a payment that is given back. */
export class RefundDto {
  @Amount() amountMinor!: string;
  @CalendarDate() valueDate!: string;
  @OneOf([...REFUND_CODES]) code!: string;
  @Text(140) text!: string;
  @Text(35, { optional: true }) creditNote?: string;
  @Digest({ optional: true }) document?: string;
}

/** An operation that parties sign. */
export class SigningRequestDto {
  @OneOf([
    'proposePurchaseOrder',
    'confirmPurchaseOrder',
    'cancelPurchaseOrder',
    'despatchGoods',
    'issueInvoice',
    'acceptInvoice',
    'rejectInvoice',
    'discountReceivable',
  ])
  operation!: string;
  @FreeObject() input!: object;
  @WholeNumber(0, 365, { optional: true }) validDays?: number;
}

class SignatureDto {
  @KeyAddress() address!: string;
  @KeySignature() signature!: string;
}

export class SignaturesDto {
  @NestedList(() => SignatureDto, { min: 1, max: 8 }) signatures!: SignatureDto[];
}

/** A party's signing key. */
export class KeyBindingDto {
  @KeyAddress() address!: string;
  @Pattern(/^[A-Za-z0-9._:-]{1,64}$/) partyId!: string;
  @Text(64) bank!: string;
  @CalendarDate() validFrom!: string;
  @CalendarDate() validTo!: string;
  @Pattern(NONCE) nonce!: string;
  @KeySignature({ optional: true }) signature?: string;
}
