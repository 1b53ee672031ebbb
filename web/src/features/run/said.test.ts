import { expect, it } from 'vitest';
import type { JobEvent } from '../../api/types';
import { GraphDoc } from '../../core/doc';
import { wordsOfEvent } from './said';

const INNER = '6a1f4d7e-0000-4000-8000-000000000001';
const DOC = new GraphDoc({
  nodes: [
    { id: 3, type: 'KSampler', title: 'The sampler' },
    { id: 8, type: INNER },
  ],
  links: [],
  version: 0.4,
  definitions: {
    subgraphs: [
      {
        id: INNER,
        name: 'Inside',
        nodes: [{ id: 5, type: 'KSampler', title: 'Within' }],
        links: [],
        inputs: [],
        outputs: [],
      },
    ],
  },
});

const say = (event: object) => wordsOfEvent(event as JobEvent, DOC, new Map());

it('says which node, also inside of subgraphs', () => {
  const progress = (display_id: string) => say({ type: 'node_progress', display_id, value: 16, total: 90 });
  expect(progress('3')).toEqual({ text: 'The sampler 16 of 90', isUrgent: false });
  expect(progress('8:5')?.text).toBe('Within 16 of 90');
  expect(progress('77')?.text).toBe('77 16 of 90');
});

it('says where it failed, and why', () => {
  const failed = (error: object) => say({ type: 'failed', error });
  expect(failed({ message: 'vae not connected.', node_id: '8:5', node_type: 'KSampler', title: '' })).toEqual(
    {
      text: 'Error in Within: vae not connected.',
      isUrgent: true,
    },
  );
  // The server calls what nobody has given a title by its type.
  const named = { message: 'No.', node_id: '8:5', node_type: 'KSampler', title: 'KSampler' };
  expect(failed(named)?.text).toBe('Error in Within: No.');
  expect(failed({ ...named, title: 'As it was' })?.text).toBe('Error in As it was: No.');
  expect(failed({ message: 'No worker.', node_id: '', node_type: '', title: '' })?.text).toBe('No worker.');
});

it('is silent where nothing is to be told', () => {
  expect(say({ type: 'node_started', display_id: '3' })).toBeNull();
});
