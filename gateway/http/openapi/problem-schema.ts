import { FreeObject, NestedList, OneOf, Pattern, Text, WholeNumber } from '../validation/fields';

class ProblemField {
  /** Empty where the whole body or line is meant. */
  @Pattern(/^[^]{0,300}$/) pointer!: string;
  @Text(64) code!: string;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER, { optional: true }) line?: number;
  @Text(300) title!: string;
  @Text(300) remedy!: string;
}

/** RFC 9457 problem document, for the description only. */
export class Problem {
  @Text(200) type!: string;
  @Text(300) title!: string;
  @WholeNumber(400, 599) status!: number;
  @Text(64) code!: string;
  @OneOf(['rejected', 'conflict', 'unavailable', 'unknown']) outcome!: string;
  @FreeObject() details!: object;
  @Text(300) remedy!: string;
  @Text(64) requestId!: string;
  @Text(64, { optional: true }) transactionId?: string;
  @NestedList(() => ProblemField, { max: 1_000 }, { optional: true }) errors?: ProblemField[];
}
