import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson, withKeys } from './json';

describe('json', () => {
  it('keeps seeds of 64 bits exact, in and out', () => {
    const text =
      '{"seed":18446744073709551615,"small":42,"text":"18446744073709551615","f":1234567890123456789.5}';
    const value = parseJson(text) as {
      seed: bigint;
      small: number;
      text: string;
    };
    expect(value.seed).toBe(18446744073709551615n);
    expect(value.small).toBe(42);
    expect(value.text).toBe('18446744073709551615');
    expect(stringifyJson(value)).toContain('"seed":18446744073709551615,');
  });

  it('leaves texts with quotes, escapes and marks alone', () => {
    for (const text of [
      '"a\\"1234567890123456789"',
      '"\\\\"',
      '"\\u0000x"',
      '[1e400,-0]',
      '"12345678901234567"',
    ]) {
      expect(stringifyJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
    }
  });

  it('finds long integers wherever they stand, and none in numbers and texts', () => {
    const long = 12345678901234567891n;
    const text = `[${long},-${long},{"a \\"${long}\\\\":[${long}],"${long}":"x\\\\","b":0.12345678901234567,"c":1e3},${long}.5,[[${long}]]]`;
    expect(parseJson(text)).toEqual([
      ...[long, -long],
      { [`a "${long}\\`]: [long], [`${long}`]: 'x\\', b: Number('0.12345678901234567'), c: 1000 },
      ...[Number(`${long}.5`), [[long]]],
    ]);
    expect(parseJson('9007199254740991')).toBe(9007199254740991);
    expect(parseJson('9007199254740993')).toBe(9007199254740993n);
    expect(Object.keys(parseJson(`{"__proto__":${long}}`) as object)).toEqual(['__proto__']);
    expect(() => parseJson('[NaN')).toThrow(SyntaxError);
  });

  it('keeps the order of keys when one is changed', () => {
    expect(Object.keys(withKeys({ a: 1, b: 2, c: 3 }, { b: 5, d: 6, a: undefined }))).toEqual([
      'b',
      'c',
      'd',
    ]);
  });

  it('takes what Python writes for no number', () => {
    expect(parseJson('{"is_changed":[NaN,-Infinity,"NaN",1e3]}')).toEqual({
      is_changed: [null, null, 'NaN', 1000],
    });
  });
});
