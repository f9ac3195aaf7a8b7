import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { HttpProblem } from '../problem';
import type { FieldCode, FieldProblem } from './field-codes';
import { pointerToken } from './json-body';

export type DtoClass<T extends object = object> = new () => T;

/** class-validator's constraint name → our code; the first constraint of this order that failed names the field's problem. */
export const FIELD_CODE_OF: Readonly<Record<string, FieldCode>> = {
  whitelistValidation: 'FIELD_UNKNOWN',
  isDefined: 'FIELD_MISSING',
  isString: 'FIELD_NOT_TEXT',
  isArray: 'FIELD_NOT_LIST',
  isObject: 'FIELD_NOT_OBJECT',
  nestedValidation: 'FIELD_NOT_OBJECT',
  arrayMinSize: 'FIELD_LIST_SIZE',
  arrayMaxSize: 'FIELD_LIST_SIZE',
  isLength: 'FIELD_LENGTH',
  isInt: 'FIELD_NOT_INTEGER',
  min: 'FIELD_NOT_INTEGER',
  max: 'FIELD_NOT_INTEGER',
  isBoolean: 'FIELD_NOT_BOOLEAN',
  isIn: 'FIELD_NOT_ALLOWED',
  matches: 'FIELD_PATTERN',
  plainText: 'FIELD_TEXT_MALFORMED',
  amount: 'AMOUNT_INVALID',
  amountOrZero: 'AMOUNT_INVALID',
  isISO4217CurrencyCode: 'CURRENCY_UNKNOWN',
  quantity: 'QUANTITY_INVALID',
  quantityOrZero: 'QUANTITY_INVALID',
  calendarDate: 'DATE_INVALID',
  timeZone: 'TIME_ZONE_UNKNOWN',
  moment: 'TIME_INVALID',
  recordId: 'RECORD_ID_INVALID',
  mspId: 'MEMBER_ID_INVALID',
  isISO31661Alpha2: 'COUNTRY_UNKNOWN',
  isBIC: 'BIC_INVALID',
  keyAddress: 'ADDRESS_INVALID',
  keySignature: 'SIGNATURE_MALFORMED',
  digest: 'DIGEST_INVALID',
};
const ORDER = Object.keys(FIELD_CODE_OF);

/** The wrong fields of a plain object, each by its JSON pointer, without any value. */
export function fieldProblems<T extends object>(
  type: DtoClass<T>,
  plain: object,
): { value: T; problems: FieldProblem[] } {
  const value = plainToInstance(type, plain);
  const found = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
  });
  return { value, problems: found.flatMap((error) => flatten(error, '')) };
}

/**
 * A request as its DTO class describes it, as a plain object again.
 *
 * @throws HttpProblem FIELDS_INVALID with every wrong field (at most 100).
 */
export function validated<T extends object>(type: DtoClass<T>, plain: object): T {
  const { value, problems } = fieldProblems(type, plain);
  if (problems.length > 0) throw new HttpProblem('FIELDS_INVALID', {}, problems.slice(0, 100));
  return JSON.parse(JSON.stringify(value)) as T;
}

function flatten(error: ValidationError, parent: string): FieldProblem[] {
  const pointer = `${parent}/${pointerToken(error.property)}`;
  const below = (error.children ?? []).flatMap((child) => flatten(child, pointer));
  const failed = Object.keys(error.constraints ?? {}).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))[0];
  if (failed === undefined) return below;
  return [{ pointer, code: FIELD_CODE_OF[failed] ?? 'FIELD_PATTERN' }, ...below];
}
