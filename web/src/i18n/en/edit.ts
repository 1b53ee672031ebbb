// Texts of editing: the clipboard, steps of undo, the toolbox over a selection, shared values, subgraphs. Keys begin
// with the part's name.

export const edit = {
  'edit.colourIs': 'Colour: {name}',
  'edit.copiedNodes': '{count|one node|{count} nodes} copied',
  'edit.pastedNodes': '{count|one node|{count} nodes} pasted',
  'edit.pasteInItself':
    '{count|One node was|{count} nodes were} left out: a subgraph cannot stand in itself.',
  'settings.showsToolbox': 'Tools over what is selected',
  'settings.showsToolbox.hint': 'Alt+F10 leads to them.',
  'toolbox.title': 'Tools for what is selected',
  'toolbox.focus': 'Go to the tools for what is selected',
  'toolbox.more': 'More',
} as const;
