import { expect } from 'chai';
import fc from 'fast-check';
import { HttpProblem } from '../../../../gateway/http/problem';
import {
  Amount,
  CalendarDate,
  CalendarDateList,
  Country,
  Currency,
  Digest,
  Flag,
  KeyAddress,
  KeySignature,
  Moment,
  MspId,
  Nested,
  NestedList,
  OneOf,
  Quantity,
  RecordId,
  Text,
  TextList,
  TimeZone,
  WholeNumber,
  isCalendarDate,
  isMoment,
} from '../../../../gateway/http/validation/fields';
import { parseJsonBody } from '../../../../gateway/http/validation/json-body';
import { validated, type DtoClass } from '../../../../gateway/http/validation/validate';

class Line {
  @Text(10) id!: string;
  @Quantity() quantity!: string;
}
class Everything {
  @Text(5) text!: string;
  @TextList(5, { max: 2 }, { optional: true }) texts?: string[];
  @Amount({ optional: true }) amount?: string;
  @Amount({ optional: true, zero: true }) share?: string;
  @Currency({ optional: true }) currency?: string;
  @Quantity({ optional: true }) quantity?: string;
  @CalendarDate({ optional: true }) date?: string;
  @CalendarDateList({ max: 2 }, { optional: true }) dates?: string[];
  @TimeZone({ optional: true }) zone?: string;
  @Moment({ optional: true }) moment?: string;
  @RecordId({ optional: true }) record?: string;
  @MspId({ optional: true }) member?: string;
  @Country({ optional: true }) country?: string;
  @KeyAddress({ optional: true }) address?: string;
  @KeySignature({ optional: true }) signature?: string;
  @Digest({ optional: true }) digest?: string;
  @OneOf(['a', 'b'], { optional: true }) one?: string;
  @WholeNumber(1, 9, { optional: true }) whole?: number;
  @Flag({ optional: true }) flag?: boolean;
  @Nested(() => Line, { optional: true }) line?: Line;
  @NestedList(() => Line, { min: 1, max: 2 }, { optional: true }) lines?: Line[];
}

function problemsOf(plain: object, type: DtoClass = Everything): string[] {
  try {
    validated(type, plain);
    return [];
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return error.errors.map(({ pointer, code }) => `${pointer} ${code}`);
  }
}

describe('validated', () => {
  const line = { id: 'a', quantity: '1.5' };

  it('gives back exactly what was sent when it is right', () => {
    const plain = {
      text: 'ok',
      texts: ['a'],
      amount: '1',
      share: '0',
      currency: 'EUR',
      quantity: '0.5',
      date: '2028-02-29',
      dates: ['2026-12-25', '2027-01-01'],
      zone: 'Asia/Shanghai',
      moment: '2026-01-01T00:00:00+08:00',
      record: 'a'.repeat(32),
      member: 'BankMSP',
      country: 'CN',
      address: `0x${'a'.repeat(40)}`,
      signature: `0x${'a'.repeat(130)}`,
      digest: 'b'.repeat(64),
      one: 'a',
      whole: 9,
      flag: false,
      line,
      lines: [line, line],
    };
    expect(validated(Everything, plain)).to.deep.equal(plain);
  });

  const rows: readonly [object, string][] = [
    [{}, '/text FIELD_MISSING'],
    [{ text: null }, '/text FIELD_MISSING'],
    [{ text: 7 }, '/text FIELD_NOT_TEXT'],
    [{ text: '' }, '/text FIELD_LENGTH'],
    [{ text: 'sixsix' }, '/text FIELD_LENGTH'],
    [{ text: 'a\u0000' }, '/text FIELD_TEXT_MALFORMED'],
    [{ text: 'a', other: 1 }, '/other FIELD_UNKNOWN'],
    [{ text: 'a', 'x/y~': 1 }, '/x~1y~0 FIELD_UNKNOWN'],
    [{ text: 'a', texts: 'a' }, '/texts FIELD_NOT_LIST'],
    [{ text: 'a', texts: ['a', 'b', 'c'] }, '/texts FIELD_LIST_SIZE'],
    [{ text: 'a', texts: [1] }, '/texts FIELD_NOT_TEXT'],
    [{ text: 'a', amount: '-1' }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: '1.5' }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: '0' }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: 15 }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: '01' }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: '1e3' }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', amount: null }, '/amount AMOUNT_INVALID'],
    [{ text: 'a', currency: 'EURO' }, '/currency CURRENCY_UNKNOWN'],
    [{ text: 'a', currency: 'ZZZ' }, '/currency CURRENCY_UNKNOWN'],
    [{ text: 'a', quantity: '0' }, '/quantity QUANTITY_INVALID'],
    [{ text: 'a', quantity: '1,5' }, '/quantity QUANTITY_INVALID'],
    [{ text: 'a', date: '2026-02-30' }, '/date DATE_INVALID'],
    [{ text: 'a', date: '2026-2-3' }, '/date DATE_INVALID'],
    [{ text: 'a', dates: ['2026-02-28', '2026-02-29'] }, '/dates DATE_INVALID'],
    [{ text: 'a', dates: [20260228] }, '/dates DATE_INVALID'],
    [{ text: 'a', dates: '2026-02-28' }, '/dates FIELD_NOT_LIST'],
    [{ text: 'a', zone: 'Europe/Atlantis' }, '/zone TIME_ZONE_UNKNOWN'],
    [{ text: 'a', zone: '+08:00' }, '/zone TIME_ZONE_UNKNOWN'],
    [{ text: 'a', zone: '' }, '/zone TIME_ZONE_UNKNOWN'],
    [{ text: 'a', moment: '2026-02-03' }, '/moment TIME_INVALID'],
    [{ text: 'a', moment: '2026-02-30T00:00:00Z' }, '/moment TIME_INVALID'],
    [{ text: 'a', moment: '2026-02-03T24:00:00Z' }, '/moment TIME_INVALID'],
    [{ text: 'a', record: 'A'.repeat(32) }, '/record RECORD_ID_INVALID'],
    [{ text: 'a', member: '../x' }, '/member MEMBER_ID_INVALID'],
    [{ text: 'a', country: 'XX' }, '/country COUNTRY_UNKNOWN'],
    [{ text: 'a', address: '0x1' }, '/address ADDRESS_INVALID'],
    [{ text: 'a', signature: '0x1' }, '/signature SIGNATURE_MALFORMED'],
    [{ text: 'a', digest: 'x' }, '/digest DIGEST_INVALID'],
    [{ text: 'a', one: 'c' }, '/one FIELD_NOT_ALLOWED'],
    [{ text: 'a', whole: 1.5 }, '/whole FIELD_NOT_INTEGER'],
    [{ text: 'a', whole: 10 }, '/whole FIELD_NOT_INTEGER'],
    [{ text: 'a', whole: '1' }, '/whole FIELD_NOT_INTEGER'],
    [{ text: 'a', flag: 'true' }, '/flag FIELD_NOT_BOOLEAN'],
    [{ text: 'a', line: [line] }, '/line FIELD_NOT_OBJECT'],
    [{ text: 'a', line: 'x' }, '/line FIELD_NOT_OBJECT'],
    [{ text: 'a', line: { id: 'a' } }, '/line/quantity FIELD_MISSING'],
    [{ text: 'a', lines: [] }, '/lines FIELD_LIST_SIZE'],
    [{ text: 'a', lines: [line, { ...line, price: '1' }] }, '/lines/1/price FIELD_UNKNOWN'],
    [{ text: 'a', lines: ['x'] }, '/lines FIELD_NOT_OBJECT'],
  ];
  for (const [plain, problem] of rows) {
    it(`names ${problem} for ${JSON.stringify(plain).slice(0, 60)}`, () =>
      expect(problemsOf(plain)).to.include(problem));
  }

  it('names every wrong field at once, by pointer, without its value', () => {
    expect(problemsOf({ text: '', amount: 'secret', lines: [{ id: 'a', quantity: 'secret' }] })).to.deep.equal([
      '/text FIELD_LENGTH',
      '/amount AMOUNT_INVALID',
      '/lines/0/quantity QUANTITY_INVALID',
    ]);
  });

  it('ends with a problem or a value, never with another error, whatever object it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (plain) => {
        problemsOf(plain);
      }),
    );
  });
});

describe('isCalendarDate and isMoment', () => {
  it('agree with the calendar on every day of a leap cycle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 2099 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, day) => {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const date = new Date(Date.UTC(year, month - 1, day));
          expect(isCalendarDate(text)).to.equal(date.getUTCMonth() === month - 1);
          expect(isMoment(`${text}T12:00:00Z`)).to.equal(isCalendarDate(text));
        },
      ),
    );
  });
});

describe('parseJsonBody', () => {
  const codes = (text: string | Uint8Array): string[] => {
    try {
      parseJsonBody(typeof text === 'string' ? Buffer.from(text) : text);
      return [];
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return error.errors.length > 0 ? error.errors.map(({ pointer, code }) => `${pointer} ${code}`) : [error.code];
    }
  };
  const rows: readonly [string | Uint8Array, string][] = [
    ['', 'BODY_MISSING'],
    ['{', 'JSON_INVALID'],
    ['[]', 'JSON_INVALID'],
    ['1', 'JSON_INVALID'],
    ['null', 'JSON_INVALID'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 'JSON_INVALID'],
    ['\ufeff{}', 'JSON_INVALID'],
    ['{"a":1.5}', '/a FIELD_NUMBER_UNSAFE'],
    ['{"a":1e400}', '/a FIELD_NUMBER_UNSAFE'],
    ['{"a":9007199254740993}', '/a FIELD_NUMBER_UNSAFE'],
    ['{"a":"\\ud800"}', '/a FIELD_TEXT_MALFORMED'],
    ['{"a":"\\u0007"}', '/a FIELD_TEXT_MALFORMED'],
    ['{"__proto__":{"admin":true}}', '/__proto__ FIELD_UNKNOWN'],
    ['{"a":{"constructor":1}}', '/a/constructor FIELD_UNKNOWN'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, ' FIELD_TOO_DEEP'],
    [`{"a":[${'0,'.repeat(60_000)}0]}`, ' FIELD_TOO_DEEP'],
  ];
  for (const [text, code] of rows)
    it(`refuses ${String(text).slice(0, 30)}: ${code}`, () => expect(codes(text)).to.deep.equal([code]));
  it('takes plain objects', () =>
    expect(parseJsonBody(Buffer.from('{"a":[1,"x",null,true]}'))).to.deep.equal({ a: [1, 'x', null, true] }));
});
