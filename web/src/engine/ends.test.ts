import { describe, expect, it } from 'vitest';
import type { Link } from '../core/types';
import { LinkEnds } from './ends';

const link = (id: string, from: string, to: string): Link => ({
  ...{ id, from, to, fromSlot: 0, toSlot: 0, type: '*', raw: [] },
});
const LINKS = [link('1', 'a', 'b'), link('2', 'b', 'c'), link('3', 'c', 'a')];

describe('ends of links', () => {
  it('are read some at a time, and the rest when somebody asks', () => {
    const ends = new LinkEnds();
    ends.take(LINKS);
    expect([ends.read(1), ends.read(1)]).toEqual([true, true]);
    expect([...ends.of('a')]).toEqual(['1', '3']);
    expect(ends.read(1)).toBe(false);
    expect([...ends.of('x')]).toEqual([]);
  });

  it('know what comes before, while and after they are read', () => {
    const links = new Map(LINKS.map((each) => [each.id, each]));
    const ends = new LinkEnds();
    ends.take(links.values());
    ends.read(1);
    for (const each of [link('4', 'a', 'd'), link('2', 'b', 'd')]) {
      links.set(each.id, each);
      ends.note(each);
    }
    expect([...ends.of('d')].sort()).toEqual(['2', '4']);
    expect([...ends.of('a')].sort()).toEqual(['1', '3', '4']);
    ends.note(link('5', 'd', 'e'));
    expect([...ends.of('e')]).toEqual(['5']);
    ends.take([]);
    expect([...ends.of('a')]).toEqual([]);
    ends.note(link('6', 'a', 'a'));
    expect([...ends.of('a')]).toEqual(['6']);
  });
});
