// Node types that exist on the canvas only; no server lists them. Files hold them like all others.

import { type Catalog, type InputType, type NodeType, plainInput, plainType } from './catalog';

function textInput(placeholder: string, isMarkdown: boolean): InputType {
  return {
    ...plainInput('text', 'STRING'),
    ...{ required: true, is_widget: true, has_default: true, default: '', multiline: true, placeholder },
    options: isMarkdown ? { markdown: true } : {},
  };
}

function note(type: string, name: string, description: string, isMarkdown: boolean): NodeType {
  return {
    ...plainType(type, name, [textInput('Note', isMarkdown)], description),
    ...{ category: 'utils', search_aliases: ['comment', 'text', 'sticky'], module: 'canvas' },
  };
}

/** What nodes of other types of the canvas are called that have no title. */
export const NAMES: ReadonlyMap<string, string> = new Map([['PrimitiveNode', 'Shared value']]);

const TYPES: readonly NodeType[] = [
  note('Note', 'Note', 'A text beside the nodes. It does not run.', false),
  note('MarkdownNote', 'Markdown Note', 'A text with headings, lists and links. It does not run.', true),
];

/** The server's types with those of the canvas; a type that the server has is the server's. */
export function withCanvasTypes(types: Catalog): Catalog {
  return new Map([...TYPES.map((type): [string, NodeType] => [type.type, type]), ...types]);
}
