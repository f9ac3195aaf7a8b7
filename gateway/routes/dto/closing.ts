import { Currency, Flag } from '../../http/validation/fields';

/** How a close is asked for. */
export class ClosingDto {
  /** Moves the date on although its cut-off has not come. */
  @Flag({ optional: true }) beforeCutOff?: boolean;
}

export class ProvisionalQuery {
  @Currency() currency!: string;
}
