import {
  CalendarDate,
  Digest,
  MspId,
  Moment,
  Nested,
  NestedList,
  OneOf,
  Pattern,
  Quantity,
  Text,
} from '../../http/validation/fields';

const NULLABLE = { optional: true, nullable: true };

class ShipmentLineDto {
  @Pattern(/^[A-Za-z0-9._-]{1,35}$/) id!: string;
  @Quantity() quantity!: string;
  @Pattern(/^[A-Z0-9]{2,3}$/) unit!: string;
}

/** Goods leaving the seller. */
export class DespatchDto {
  @Text(64) number!: string;
  @CalendarDate() despatchedOn!: string;
  @MspId() carrier!: string;
  @NestedList(() => ShipmentLineDto, { min: 1, max: 500 }) lines!: ShipmentLineDto[];
  @Digest(NULLABLE) document?: string | null;
}

class TransportEventDto {
  @Pattern(/^[A-Za-z0-9._:-]{1,100}$/) eventId!: string;
  @OneOf(['PLN', 'EST', 'ACT']) classifier!: string;
  @OneOf(['TRANSPORT', 'EQUIPMENT', 'SHIPMENT']) type!: string;
  @Pattern(/^[A-Z]{4}$/) code!: string;
  @Moment() occurredAt!: string;
  @Pattern(/^[A-Z]{2}[A-Z2-9]{3}$/, NULLABLE) location?: string | null;
  @Pattern(/^[A-Za-z0-9._:-]{1,100}$/, NULLABLE) retracts?: string | null;
  @Digest(NULLABLE) document?: string | null;
}

/** An event of a shipment, DCSA Track and Trace. */
export class EventDto {
  @Nested(() => TransportEventDto) event!: TransportEventDto;
}
