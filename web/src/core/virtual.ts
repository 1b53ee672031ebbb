// Node types that exist on the canvas only; no server lists them. Files hold them like all others.

import type { Catalog, InputType, NodeType } from './catalog';

function textInput(placeholder: string, isMarkdown: boolean): InputType {
  return {
    name: 'text',
    type: 'STRING',
    required: true,
    is_widget: true,
    has_default: true,
    default: '',
    choices: null,
    choices_from: null,
    image_upload: false,
    min: null,
    max: null,
    step: null,
    round: null,
    display: null,
    multiline: true,
    dynamic_prompts: false,
    placeholder,
    seed_control: false,
    lazy: false,
    is_list: false,
    tooltip: '',
    options: isMarkdown ? { markdown: true } : {},
  };
}

function note(type: string, display_name: string, description: string, isMarkdown: boolean): NodeType {
  return {
    type,
    display_name,
    category: 'utils',
    description,
    inputs: [textInput('Note', isMarkdown)],
    outputs: [],
    is_output: false,
    takes_lists: false,
    deprecated: false,
    experimental: false,
    search_aliases: ['comment', 'text', 'sticky'],
    module: 'canvas',
  };
}

const TYPES: readonly NodeType[] = [
  note('Note', 'Note', 'A text beside the nodes. It does not run.', false),
  note('MarkdownNote', 'Markdown Note', 'A text with headings, lists and links. It does not run.', true),
];

/** The server's types with those of the canvas; a type that the server has is the server's. */
export function withCanvasTypes(types: Catalog): Catalog {
  return new Map([...TYPES.map((type): [string, NodeType] => [type.type, type]), ...types]);
}
