import { describe, expect, it } from 'vitest';
import { BrokenJson, findBreak } from './broken';
import { parseJson } from './json';

const WHOLE = `{
  "nodes": [{ "id": 1, "a\\u00e4\\"": [-1.5e+3, 0, 18446744073709551615, NaN, -Infinity] }, {}, []],
  "x": "text 🐋", "y": [true, false, null]
}
`;

function placeOf(text: string) {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof BrokenJson) return [error.line, error.column, error.found, error.isCut];
    throw error;
  }
  return null;
}

describe('where a text is no JSON', () => {
  it('is its end, wherever it was cut off', () => {
    expect(placeOf(WHOLE)).toBeNull();
    const end = WHOLE.trimEnd().length;
    for (let length = 0; length < end; length++) {
      const cut = WHOLE.slice(0, length);
      const lines = cut.trimEnd().split('\n');
      expect(placeOf(cut), cut).toEqual([lines.length, [...(lines.at(-1) ?? '')].length + 1, '', true]);
    }
  });

  it.each([
    ['{"a": 1,\n "b" 2}', 2, 6, '2}'],
    ['{"a": 1,\n "b": x2}', 2, 7, 'x2}'],
    ['{"a": 1,}', 1, 9, '}'],
    ['[1, 2,]', 1, 7, ']'],
    ['{"a": 1}\n{"b": 2}', 2, 1, '{"b": 2}'],
    ['[1}', 1, 3, '}'],
    ["{'a': 1}", 1, 2, "'a': 1}"],
    ['["one\ntwo"]', 1, 6, ''],
    ['["🐋\\x"]', 1, 4, '\\x"]'],
    ['["\\u00g0"]', 1, 3, '\\u00g0"]'],
    ['[01]', 1, 2, '01]'],
    ['[1.]', 1, 2, '1.]'],
    ['[tru]', 1, 2, 'tru]'],
    ['[18446744073709551615, {"seed": 18446744073709551615 3}]', 1, 54, '3}]'],
    ['<html>\n</html>', 1, 1, '<html>'],
    [`[${'"x" '.repeat(10)}]`, 1, 6, '"x" "x" "x" "x" "x" '],
  ])('is found in %s', (text, line, column, found) => {
    expect(placeOf(text)).toEqual([line, column, found, false]);
  });

  it('is found however deep and long the text is', () => {
    const deep = 200_000;
    expect(findBreak('['.repeat(deep))).toMatchObject({ column: deep + 1, isCut: true });
    expect(findBreak(`["${'x'.repeat(500_000)}" 1]`)).toMatchObject({ column: 500_005, isCut: false });
  });
});
