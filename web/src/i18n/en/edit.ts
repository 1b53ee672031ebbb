// Texts of editing: the clipboard, steps of undo, the toolbox over a selection, shared values, subgraphs. Keys begin
// with the part's name.

export const edit = {
  'graph.connectNew': 'A new node…',
  'edit.colourIs': 'Colour: {name}',
  'edit.copiedNodes': '{count|one node|{count} nodes} copied',
  'edit.pastedNodes': '{count|one node|{count} nodes} pasted',
  'edit.pasteInItself':
    '{count|One node was|{count} nodes were} left out: a subgraph cannot stand in itself.',
  'steps.title': 'Steps',
  'steps.show': 'Show the steps of undo',
  'steps.empty': 'No steps yet',
  'steps.emptyText': 'Everything that you change is listed here, and can be gone back to.',
  'steps.opened': 'As it was',
  'steps.nodes': '{count|one node|{count} nodes}',
  'steps.groups': '{count|one group|{count} groups}',
  'step.move': 'Move',
  'step.resize': 'Resize',
  'step.resizeGroup': 'Resize group',
  'step.link': 'Link',
  'step.cutLink': 'Delete link',
  'step.cutLinks': 'Cut links',
  'step.removeReroute': 'Remove point',
  'step.value': 'Change value',
  'step.control': 'Change what the seed does',
  'settings.showsToolbox': 'Tools over what is selected',
  'settings.showsToolbox.hint': 'Alt+F10 leads to them.',
  'toolbox.title': 'Tools for what is selected',
  'toolbox.focus': 'Go to the tools for what is selected',
  'toolbox.more': 'More',
} as const;
