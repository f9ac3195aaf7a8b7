import { ENTRY_TYPES } from '../../../chaincode/domain/operations/reconciliation/types';
import { OneOf, WholeNumber } from '../../http/validation/fields';

/** Which of a record's dues. */
export class DueDto {
  @OneOf([...ENTRY_TYPES]) kind!: string;
  /** Which of its kind, from 1 on; 1 when left out. */
  @WholeNumber(1, 100, { optional: true }) number?: number;
}
