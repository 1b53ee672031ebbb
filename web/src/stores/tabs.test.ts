import { describe, expect, it } from 'vitest';
import { closeTab, markSaved, openTab, reopenTab, tabOf, tabs, takeClosed } from './tabs';

const raw = () => ({ nodes: [{ id: 1, type: 'A', pos: [0, 0] }], links: [], version: 0.4 });
const move = (id: string, x: number) =>
  tabOf(id)?.doc.edit('move', '', (tx) => tx.patch('node', '1', { pos: [x, 0] }));

describe('tabs', () => {
  it('are not saved after an edit, and saved again when it is undone', () => {
    const { id } = openTab(raw(), { name: 'one' });
    expect(tabOf(id)?.isDirty).toBe(false);
    move(id, 5);
    expect(tabOf(id)?.isDirty).toBe(true);
    tabOf(id)?.doc.undo();
    expect(tabOf(id)?.isDirty).toBe(false);
  });

  it('count from the last save', () => {
    const { id } = openTab(raw(), { name: 'two' });
    move(id, 5);
    markSaved(id, 'folder/two.json', 'v1');
    expect(tabOf(id)).toMatchObject({ isDirty: false, name: 'two', path: 'folder/two.json' });
    tabOf(id)?.doc.undo();
    expect(tabOf(id)?.isDirty).toBe(true);
    tabOf(id)?.doc.redo();
    expect(tabOf(id)?.isDirty).toBe(false);
  });

  it('do not count what a run does to seeds', () => {
    const { id } = openTab(raw(), { name: 'three' });
    tabOf(id)?.doc.adjust('seeds', '', (tx) => tx.patch('node', '1', { widgets_values: [7] }));
    expect(tabOf(id)?.isDirty).toBe(false);
    expect(tabOf(id)?.doc.steps).toEqual([]);
  });

  it('come back after they were closed, and have names of their own', () => {
    const first = openTab(raw(), { name: 'same' });
    const second = openTab(raw(), { name: 'same' });
    expect(second.name).toBe('same (2)');
    move(second.id, 9);
    closeTab(second.id);
    expect(tabs.getState().tabs.some((tab) => tab.id === second.id)).toBe(false);
    expect(takeClosed()).toMatchObject({ name: 'same (2)', isDirty: true });
    closeTab(first.id);
  });

  it('come back where they were, with their undo, and know what their file was', () => {
    for (const { id } of tabs.getState().tabs) closeTab(id);
    const { id } = openTab(raw(), { name: 'file', path: 'file.json', revision: 'v7' });
    const other = openTab(raw(), { name: 'other' });
    move(id, 4);
    closeTab(id);
    const again = reopenTab();
    expect(again).toMatchObject({ name: 'file', path: 'file.json', revision: 'v7', isDirty: true });
    expect(tabs.getState().tabs.map((tab) => tab.id)).toEqual([again?.id, other.id]);
    again?.doc.undo();
    expect(again?.doc.save()).toEqual(raw());
  });
});
