import { Digest, Flag, OneOf, Pattern, WholeNumber } from '../../http/validation/fields';
import { UPLOAD_LIMITS } from '../../entries/uploads/upload';
import { CONTROL_SUM } from './reconciliation';

/** What a client says of a file before it sends the first byte. */
export class UploadDeclaration {
  @WholeNumber(1, UPLOAD_LIMITS.fileBytes) size!: number;
  @Digest() sha256!: string;
  @OneOf(['application/x-ndjson', 'text/csv']) mediaType!: string;
  @Flag({ optional: true }) partial?: boolean;
  @WholeNumber(1, 1_000_000, { optional: true }) entries?: number;
  @Pattern(CONTROL_SUM, { optional: true }) amountMinor?: string;
}

/** Which outcomes, and how. */
export class OutcomesQuery {
  @OneOf(['ndjson', 'csv'], { optional: true }) format?: 'ndjson' | 'csv';
  @OneOf(['posted', 'duplicate', 'refused', 'failed', 'notTried'], { optional: true }) outcome?: string;
}
