import { describe, expect, it, vi } from 'vitest';
import { holdsSame } from './alike';
import { GraphDoc } from './doc';

const raw = (seed: number) => ({
  ...{ nodes: [{ id: 1, type: 'A', widgets_values: [seed] }], links: [], groups: [], version: 0.4 },
});

describe('holdsSame', () => {
  it('knows the same content in another object, and follows edits', () => {
    const doc = new GraphDoc(raw(1));
    expect(holdsSame(doc, raw(1))).toBe(true);
    expect(holdsSame(doc, raw(2))).toBe(false);
    doc.edit('set', '', (tx) => tx.patch('node', '1', { widgets_values: [2] }));
    expect(holdsSame(doc, raw(1))).toBe(false);
    expect(holdsSame(doc, raw(2))).toBe(true);
    doc.undo();
    expect(holdsSame(doc, raw(1))).toBe(true);
  });

  it('minds the order of keys, which a file keeps', () => {
    const doc = new GraphDoc({ nodes: [], links: [], extra: { a: 1, b: 2 }, version: 0.4 });
    expect(holdsSame(doc, { nodes: [], links: [], extra: { b: 2, a: 1 }, version: 0.4 })).toBe(false);
  });

  it('writes nothing out where counting tells, and each document once', () => {
    const doc = new GraphDoc(raw(1));
    const write = vi.spyOn(JSON, 'stringify');
    expect(holdsSame(doc, { ...raw(1), nodes: [] })).toBe(false);
    expect(write).not.toHaveBeenCalled();
    const other = raw(3);
    for (let time = 0; time < 3; time += 1) expect(holdsSame(doc, other)).toBe(false);
    expect(write).toHaveBeenCalledTimes(2);
    write.mockRestore();
  });
});
