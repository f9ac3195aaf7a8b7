import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBIC,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsISO31661Alpha2,
  IsISO4217CurrencyCode,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { isPlainText } from './json-body';

/** Whether a field may be left out, and whether it may be null; the two are not the same. */
export interface Presence {
  readonly optional?: boolean;
  readonly nullable?: boolean;
}
interface Each {
  readonly each?: boolean;
}

function compose(options: Presence, ...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, name) => {
    const { optional = false, nullable = false } = options;
    if (optional || nullable)
      ValidateIf((_, value) => !((optional && value === undefined) || (nullable && value === null)))(target, name);
    if (!optional) IsDefined()(target, name);
    for (const decorate of decorators) decorate(target, name);
    if (!nullable) return;
    JSONSchema((schema) => ({ anyOf: [schema, { type: 'null' }] }))(target as object, String(name));
    if (!optional)
      requiredThoughNullable.set(target.constructor, [
        ...(requiredThoughNullable.get(target.constructor) ?? []),
        String(name),
      ]);
  };
}

/** Fields that must be there but may be null: the schema generator takes a condition for "optional". */
export const requiredThoughNullable = new Map<object, readonly string[]>();

const each = (options: Each): { each: boolean } => ({ each: options.each === true });

/** A rule of our own: the constraint's name is the key into `FIELD_CODE_OF` and into the schema converters. */
function rule(name: string, fits: (value: string) => boolean, options: Each = {}): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && fits(value);
  return ValidateBy({ name, validator: { validate } }, each(options));
}

/** Free text of 1 to `max` characters without control characters. */
export function Text(max: number, options: Presence = {}): PropertyDecorator {
  return compose(options, IsString(), Length(1, max), rule('plainText', isPlainText));
}

/** A list of free texts. */
export function TextList(max: number, size: { min?: number; max: number }, options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    IsArray(),
    ArrayMinSize(size.min ?? 0),
    ArrayMaxSize(size.max),
    IsString({ each: true }),
    Length(1, max, { each: true }),
  );
}

/** Text of an exact form. */
export function Pattern(pattern: RegExp, options: Presence & Each = {}): PropertyDecorator {
  return compose(options, IsString(each(options)), Matches(pattern, each(options)));
}

export function OneOf(values: readonly (string | number)[], options: Presence = {}): PropertyDecorator {
  return compose(options, IsIn([...values]));
}

export function WholeNumber(min: number, max: number, options: Presence = {}): PropertyDecorator {
  return compose(options, IsInt(), Min(min), Max(max));
}

export function Flag(options: Presence = {}): PropertyDecorator {
  return compose(options, IsBoolean());
}

/** Positive money in minor units, as text: no sign, no fraction, no leading zero. `zero` allows "0". */
export function Amount(options: Presence & { readonly zero?: boolean } = {}): PropertyDecorator {
  const name = options.zero === true ? 'amountOrZero' : 'amount';
  return compose(
    options,
    rule(name, (text) => (options.zero === true ? /^(0|[1-9]\d{0,17})$/ : /^[1-9]\d{0,17}$/).test(text)),
  );
}

export function Currency(options: Presence = {}): PropertyDecorator {
  return compose(options, IsISO4217CurrencyCode());
}

/** Positive decimal as text. */
export function Quantity(options: Presence & { readonly zero?: boolean } = {}): PropertyDecorator {
  const name = options.zero === true ? 'quantityOrZero' : 'quantity';
  return compose(
    options,
    rule(name, (text) => /^(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(text) && (options.zero === true || /[1-9]/.test(text))),
  );
}

/** A real calendar date, yyyy-mm-dd. */
export function CalendarDate(options: Presence & Each = {}): PropertyDecorator {
  return compose(options, rule('calendarDate', isCalendarDate, options));
}

/** A list of real calendar dates. */
export function CalendarDateList(size: { min?: number; max: number }, options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    IsArray(),
    ArrayMinSize(size.min ?? 0),
    ArrayMaxSize(size.max),
    rule('calendarDate', isCalendarDate, { each: true }),
  );
}

/** A time zone of the IANA database that this system knows. */
export function TimeZone(options: Presence = {}): PropertyDecorator {
  return compose(options, rule('timeZone', isTimeZone));
}

/** A moment, RFC 3339 with seconds and zone. */
export function Moment(options: Presence = {}): PropertyDecorator {
  return compose(options, rule('moment', isMoment));
}

export function RecordId(options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    rule('recordId', (text) => RECORD_ID.test(text)),
  );
}

export function RecordIdList(size: { min?: number; max: number }, options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    IsArray(),
    ArrayMinSize(size.min ?? 0),
    ArrayMaxSize(size.max),
    rule('recordId', (text) => RECORD_ID.test(text), { each: true }),
  );
}

export function MspId(options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    rule('mspId', (text) => /^[A-Za-z][A-Za-z0-9.-]{0,63}$/.test(text)),
  );
}

export function Country(options: Presence = {}): PropertyDecorator {
  return compose(options, IsISO31661Alpha2());
}

export function Bic(options: Presence = {}): PropertyDecorator {
  return compose(options, IsBIC());
}

/** Address of a party's signing key. */
export function KeyAddress(options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    rule('keyAddress', (text) => /^0x[0-9a-fA-F]{40}$/.test(text)),
  );
}

/** 65 bytes of a party's signature. */
export function KeySignature(options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    rule('keySignature', (text) => /^0x[0-9a-fA-F]{130}$/.test(text)),
  );
}

export function Digest(options: Presence = {}): PropertyDecorator {
  return compose(
    options,
    rule('digest', (text) => DIGEST.test(text)),
  );
}

/** One object of a DTO class. */
export function Nested(of: () => new () => object, options: Presence = {}): PropertyDecorator {
  return compose(options, IsObject(), ValidateNested(), Type(of));
}

/** A list of objects of a DTO class. */
export function NestedList(
  of: () => new () => object,
  size: { min?: number; max: number },
  options: Presence = {},
): PropertyDecorator {
  return compose(
    options,
    IsArray(),
    ArrayMinSize(size.min ?? 0),
    ArrayMaxSize(size.max),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(of),
  );
}

/** An object whose names the rules check, not this border. */
export function FreeObject(options: Presence = {}): PropertyDecorator {
  return compose(options, IsObject(), ValidateBy({ name: 'freeObject', validator: { validate: () => true } }));
}

export const RECORD_ID = /^[0-9a-f]{32}$/;
export const DIGEST = /^[0-9a-f]{64}$/;

export function isCalendarDate(text: string): boolean {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** By name, not by an offset, which knows no daylight saving. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export function isMoment(text: string): boolean {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/.exec(text);
  return (
    parts !== null &&
    isCalendarDate(parts[1] as string) &&
    Number(parts[2]) < 24 &&
    Number(parts[3]) < 60 &&
    Number(parts[4]) < 60
  );
}
