import { expect } from 'chai';
import fc from 'fast-check';
import { HttpProblem } from '../../../../gateway/http/problem';
import { duplicateName } from '../../../../gateway/http/validation/duplicate-names';
import { parseJsonBody } from '../../../../gateway/http/validation/json-body';

describe('names that stand twice', () => {
  const TEXTS: readonly (readonly [text: string, path: readonly (string | number)[]])[] = [
    ['{"a":1,"a":2}', ['a']],
    ['{"a" : 1 , "a":1}', ['a']],
    ['{"a":{"b":[{"c":1},{"c":1,"d":0,"c":2}]}}', ['a', 'b', 1, 'c']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"x\\\\":1,"x\\\\":2}', ['x\\']],
    ['{"":1,"":2}', ['']],
    ['[[0,[{"k":"k"},{"k":1,"k":1}]]]', [0, 1, 1, 'k']],
  ];
  for (const [text, path] of TEXTS) {
    it(`are found in ${text}`, () => expect(duplicateName(text)).to.deep.equal(path));
  }

  const OTHERS = ['{}', '[]', '"a"', '{"a":"a","b":"a"}', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":1}},"b":"\\"a\\":"}'];
  for (const text of OTHERS) it(`are not seen in ${text}`, () => expect(duplicateName(text)).to.equal(undefined));

  it('are never seen in what JSON.stringify writes, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, space) => {
        expect(duplicateName(JSON.stringify(value, null, space))).to.equal(undefined);
      }),
    );
  });

  it('are found wherever one is added', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.array(fc.jsonValue(), { maxLength: 3 }), (name, value, before) => {
        const quoted = JSON.stringify(name);
        const text = `[${[...before, 0].map((one) => JSON.stringify(one)).join()},{${quoted}:${JSON.stringify(value)},${quoted}:0}]`;
        expect(duplicateName(text)).to.deep.equal([before.length + 1, name]);
      }),
    );
  });

  const problemsOf = (text: string): unknown => {
    try {
      parseJsonBody(Buffer.from(text));
      return [];
    } catch (error) {
      if (error instanceof HttpProblem) return error.errors;
      throw error;
    }
  };
  it('are refused in a body by their place', () =>
    expect(problemsOf('{"a":[{"b":1,"b":2}]}')).to.deep.equal([{ pointer: '/a/0/b', code: 'FIELD_DUPLICATE' }]));
  for (const name of Object.getOwnPropertyNames(Object.prototype)) {
    it(`${name}, which every object has, is refused as a name`, () =>
      expect(problemsOf(`{"a":{"${name}":1}}`)).to.deep.equal([{ pointer: `/a/${name}`, code: 'FIELD_UNKNOWN' }]));
  }
});
