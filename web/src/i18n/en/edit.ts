// Texts of editing: the clipboard, steps of undo, the toolbox over a selection, shared values, subgraphs. Keys begin
// with the part's name.

export const edit = {
  'edit.copiedNodes': '{count|one node|{count} nodes} copied',
  'edit.pastedNodes': '{count|one node|{count} nodes} pasted',
  'edit.pasteInItself':
    '{count|One node was|{count} nodes were} left out: a subgraph cannot stand in itself.',
} as const;
