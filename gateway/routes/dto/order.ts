import { DAY_COUNTS } from '../../../chaincode/domain/interest';
import { INCOTERMS_2020, TRIGGERS } from '../../../chaincode/domain/trade-terms';
import {
  Amount,
  Bic,
  CalendarDate,
  Country,
  Currency,
  Digest,
  MspId,
  Nested,
  NestedList,
  OneOf,
  Pattern,
  Quantity,
  RecordId,
  Text,
  TextList,
  WholeNumber,
} from '../../http/validation/fields';

const NULLABLE = { optional: true, nullable: true };
const LINE_ID = /^[A-Za-z0-9._-]{1,35}$/;
const MAX_LINES = 500;

class PartyDto {
  @Pattern(/^[A-Za-z0-9._:-]{1,64}$/, NULLABLE) partyId?: string | null;
  @Text(200) name!: string;
  @Country() country!: string;
  @TextList(200, { max: 10 }) addressLines!: string[];
}

class PartiesDto {
  @Nested(() => PartyDto) buyer!: PartyDto;
  @Nested(() => PartyDto) seller!: PartyDto;
}

class OrderLineDto {
  @Pattern(LINE_ID) id!: string;
  @Text(500) item!: string;
  @Pattern(/^[0-9]{6,10}$/, NULLABLE) hsCode?: string | null;
  @Quantity() quantity!: string;
  @Pattern(/^[A-Z0-9]{2,3}$/) unit!: string;
}

class IncotermsDto {
  @OneOf(INCOTERMS_2020) rule!: string;
  @Text(200) place!: string;
  @OneOf(['2020']) edition!: string;
}

class WindowDto {
  @CalendarDate() from!: string;
  @CalendarDate() to!: string;
}

class PortsDto {
  @Pattern(/^[A-Z]{2}[A-Z2-9]{3}$/, NULLABLE) loading?: string | null;
  @Pattern(/^[A-Z]{2}[A-Z2-9]{3}$/, NULLABLE) discharge?: string | null;
}

class ArbitrationDto {
  @Text(200, NULLABLE) seat?: string | null;
  @MspId() neutral!: string;
}

class TermsDto {
  @Text(64) number!: string;
  @CalendarDate() issueDate!: string;
  @Currency() currency!: string;
  @NestedList(() => OrderLineDto, { min: 1, max: MAX_LINES }) lines!: OrderLineDto[];
  @Nested(() => IncotermsDto, NULLABLE) incoterms?: IncotermsDto | null;
  @Nested(() => WindowDto, NULLABLE) deliveryWindow?: WindowDto | null;
  @Nested(() => PortsDto) ports!: PortsDto;
  @OneOf(['URDTT-1.0', 'none']) ruleSet!: string;
  @Text(200, NULLABLE) governingLaw?: string | null;
  @Nested(() => ArbitrationDto) arbitration!: ArbitrationDto;
  @Digest(NULLABLE) document?: string | null;
}

class LinePriceDto {
  @Pattern(LINE_ID) id!: string;
  @Quantity({ zero: true }) price!: string;
  @Quantity() baseQuantity!: string;
  @Amount({ zero: true }) amountMinor!: string;
}

class PriceDto {
  @NestedList(() => LinePriceDto, { min: 1, max: MAX_LINES }) lines!: LinePriceDto[];
  @Amount() totalMinor!: string;
}

class InstalmentDto {
  @WholeNumber(1, 10_000) shareBasisPoints!: number;
  @OneOf(TRIGGERS) trigger!: string;
  @WholeNumber(0, 3_650) delayDays!: number;
  @CalendarDate(NULLABLE) date?: string | null;
}

class PayeeDto {
  @Text(200) name!: string;
  @Pattern(/^[A-Z0-9]{5,34}$/) account!: string;
  @Bic() bic!: string;
}

class LateInterestDto {
  @WholeNumber(1, 10_000) rateBasisPoints!: number;
  @OneOf([...DAY_COUNTS]) dayCount!: string;
}

class OrderPaymentDto {
  @NestedList(() => InstalmentDto, { max: 12 }) instalments!: InstalmentDto[];
  @Nested(() => PayeeDto, NULLABLE) payee?: PayeeDto | null;
  @MspId() platform!: string;
  @MspId() buyerBank!: string;
  @MspId() sellerBank!: string;
  @RecordId() businessDay!: string;
  @Nested(() => LateInterestDto, NULLABLE) lateInterest?: LateInterestDto | null;
}

/** A purchase order's content; terms that are still to be entered are null. */
export class OrderContentDto {
  @Nested(() => PartiesDto) parties!: PartiesDto;
  @Nested(() => TermsDto) terms!: TermsDto;
  @Nested(() => PriceDto) price!: PriceDto;
  @Nested(() => OrderPaymentDto) payment!: OrderPaymentDto;
}

/** Which shipment's delivery the order takes over. */
export class DeliveryDto {
  @RecordId() shipment!: string;
}
