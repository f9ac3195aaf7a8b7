import { FreeObject, MspId, NestedList, Pattern, RecordId } from '../../http/validation/fields';

class DisclosureView {
  @RecordId() record!: string;
  @MspId() disclosedBy!: string;
  @Pattern(/^[0-9a-f]{64}$/) transactionId!: string;
  @Pattern(/^\d+$/) blockNumber!: string;
  @FreeObject() body!: object;
}

/** Bodies disclosed to this member in a case. */
export class DisclosureList {
  @NestedList(() => DisclosureView, { max: 10_000 }) items!: readonly DisclosureView[];
}
