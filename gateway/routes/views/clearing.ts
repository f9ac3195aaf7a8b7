import { FreeObject, NestedList, Pattern, Text, TextList, WholeNumber } from '../../http/validation/fields';

class DisclosedFieldView {
  @Text(64) name!: string;
  @Pattern(/^[0-9a-f]{32}$/) salt!: string;
  @WholeNumber(0, 63) index!: number;
  @TextList(64, { max: 6 }) path!: readonly string[];
}

/** What a pair shows of its statement to members it clears with; a field's `value` is its own. */
export class DisclosureView {
  @FreeObject() document!: object;
  @WholeNumber(1, 64) size!: number;
  @NestedList(() => DisclosedFieldView, { max: 64 }) fields!: readonly DisclosedFieldView[];
}
