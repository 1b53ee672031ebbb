// What people call commands elsewhere: the palette finds them by these words, too.

export const words = {
  'commands.notNow': 'not possible now',
  'words.stop': 'interrupt cancel abort',
  'words.point': 'reroute',
  'words.arrange': 'arrange auto layout tidy',
  'words.subgraph': 'convert to subgraph, convert to group node',
  'words.refresh': 'reload update definitions, look for new files',
  'words.memory': 'unload models, clear memory',
  'words.mask': 'mask editor inpaint paint',
  'words.theme': 'appearance colour scheme night day mode',
  'settings.setTheme': 'Theme: {name}',
} as const;
