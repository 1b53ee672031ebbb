import { describe, expect, it } from 'vitest';
import type { InputError } from '../../api/types';
import type { Refusal } from '../../stores/runs';
import { judged, stillWrong } from './mended';

const error = (input_name: string) => ({
  type: 'x',
  message: input_name,
  details: '',
  extra_info: { input_name },
});
const NODE = { dependent_outputs: [], more_dependent_outputs: 0 };
const refusal: Refusal = {
  ...{ message: 'refused', details: '' },
  nodes: {
    '1': { ...NODE, class_type: 'A', errors: [error('a'), error('b')] },
    '2': { ...NODE, class_type: 'B', errors: [error('a')] },
  },
};

it('takes out what was put right, and nodes of which nothing is left', () => {
  expect(stillWrong(refusal, () => true)).toBe(refusal);
  const one = stillWrong(refusal, (node, { message }) => node === '1' && message === 'b');
  expect(one.nodes).toEqual({ '1': { ...NODE, class_type: 'A', errors: [error('b')] } });
  expect(stillWrong(refusal, () => false).nodes).toEqual({});
});

describe('what an edit was made to', () => {
  const found = (node_id: string, input_name: string | null, message: string, type = 'x'): InputError => ({
    ...{ node_id, node_type: 'A', input_name, type, message, details: '', extra_info: {} },
    ...{ dependent_outputs: [], more_dependent_outputs: 0 },
  });
  const messages = (given: Refusal) =>
    Object.entries(given.nodes).map(
      ([node, { errors }]) => `${node}: ${errors.map(({ message }) => message)}`,
    );
  const isA = (_node: string, { message }: { readonly message: string }) => message === 'a';

  it('keeps its message while the server finds it wrong, in its words of now', () => {
    const left = judged(refusal, isA, [
      found('1', 'a', 'still too small'),
      found('2', 'a', 'no such file', 'y'),
    ]);
    expect(messages(left)).toEqual(['1: still too small,b', '2: no such file']);
  });

  it('loses it once the server finds nothing there; what was not edited is not asked about', () => {
    expect(messages(judged(refusal, isA, []))).toEqual(['1: b']);
    expect(messages(judged(refusal, isA, [found('2', null, 'the node'), found('1', 'b', 'other')]))).toEqual([
      '1: b',
    ]);
    expect(messages(judged(refusal, () => false, []))).toEqual(messages(refusal));
  });

  it('is part of a circle as long as there is one anywhere', () => {
    const circle: Refusal = {
      ...refusal,
      nodes: { '1': { ...NODE, class_type: 'A', errors: [{ ...error('a'), type: 'dependency_cycle' }] } },
    };
    const left = judged(circle, () => true, [found('5', 'c', 'a circle', 'dependency_cycle')]);
    expect(messages(left)).toEqual(['1: a circle']);
    expect(messages(judged(circle, () => true, [found('1', 'a', 'else')]))).toEqual([]);
  });
});
