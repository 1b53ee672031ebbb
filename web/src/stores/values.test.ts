import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../api/types';
import { outputsIn } from './values';

const finished = (more: object) =>
  ({
    ...{ type: 'node_finished', node_id: '3', node_type: 'T', display_id: '3', seconds: 1 },
    ...more,
  }) as unknown as JobEvent;

describe('what events tell of values', () => {
  it('takes what a node gave, and what cached ones had given', () => {
    expect(outputsIn(finished({ values: [{ text: '42' }] }))).toEqual(new Map([['3', [{ text: '42' }]]]));
    const cached = { type: 'nodes_cached', node_ids: ['1', '2'], values: { 1: [{ text: 'a' }] } };
    expect(outputsIn(cached as unknown as JobEvent)).toEqual(new Map([['1', [{ text: 'a' }]]]));
  });

  it('takes nothing from events of an older server, or of other things', () => {
    expect(outputsIn(finished({})).size).toBe(0);
    expect(outputsIn({ type: 'nodes_cached', node_ids: ['1'] } as unknown as JobEvent).size).toBe(0);
    expect(outputsIn({ type: 'succeeded', seconds: 1 } as unknown as JobEvent).size).toBe(0);
  });
});
