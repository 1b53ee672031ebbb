import { expect, it } from 'vitest';
import type { Refusal } from '../../stores/runs';
import { stillWrong } from './mended';

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
