import { Pattern, RecordId, Text } from '../../http/validation/fields';

const FLAG = /^(true|false)$/;

/** How own books are read and matched. */
export class ReconcileQuery {
  /** Tells the result and writes nothing. */
  @Pattern(FLAG, { optional: true }) dryRun?: string;
  /** An approved rule set; the default one when absent. */
  @RecordId({ optional: true }) ruleSet?: string;
  /** For CSV and XLSX: the mapping as JSON. */
  @Text(4_000, { optional: true }) mapping?: string;
  @Text(64, { optional: true }) profile?: string;
  @Pattern(FLAG, { optional: true }) mirror?: string;
}
