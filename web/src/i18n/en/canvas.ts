// Texts of the canvas itself: how it is moved about in, how links look, what is said of them.

export const canvas = {
  'canvas.frames': '{count} frames a second',
  'canvas.framesShort': '{count} fps',
  'canvas.links': 'How links look',
  'canvas.links.hidden': 'Hidden',
  'canvas.links.linear': 'At right angles',
  'canvas.links.spline': 'Curved',
  'canvas.links.straight': 'Straight',
  'canvas.links.style': 'Links: {style}',
  'canvas.links.toggle': 'Show or hide links',
  'canvas.navigation': 'Wheel: {mode}',
  'canvas.teleports.toggle': 'Show or hide links by name',
  'settings.linkStyle': 'Shape of links',
  'settings.linkStyle.hint': 'From node to node.',
  'settings.navigation': 'Wheel and trackpad',
  'settings.navigation.auto': 'Tell apart',
  'settings.navigation.hint':
    'A mouse wheel zooms, two fingers move the view; pinching and Ctrl always zoom.',
  'settings.navigation.mouse': 'As a mouse',
  'settings.navigation.trackpad': 'As a trackpad',
  'settings.showsInfo': 'Numbers',
  'settings.showsInfo.hint': 'Nodes and links below the canvas; frames a second while it moves.',
  'settings.showsTeleports': 'Links by name',
  'settings.showsTeleports.hint': 'Dashed lines between Set and Get nodes, also where none is selected.',
} as const;
