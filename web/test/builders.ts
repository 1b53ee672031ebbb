// Node types for tests.

import type { Catalog, InputType, NodeType } from '../src/core/catalog';

export function input(name: string, type: string, more: Partial<InputType> = {}): InputType {
  const isWidget = ['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO'].includes(type);
  const text = { multiline: false, dynamic_prompts: false, placeholder: '', tooltip: '' };
  const number = { min: null, max: null, step: null, round: null, display: null };
  const flags = { seed_control: false, lazy: false, is_list: false, image_upload: false, has_default: false };
  return {
    ...{ name, type, required: true, is_widget: isWidget, default: null, choices: null, choices_from: null },
    ...{ ...text, ...number, ...flags, options: {}, ...more },
  };
}

export function nodeType(type: string, inputs: InputType[], outputs: string[] = []): NodeType {
  const flags = { is_output: false, takes_lists: false, deprecated: false, experimental: false };
  return {
    ...{
      type,
      display_name: type,
      category: 'test',
      description: '',
      module: 'nodes',
      search_aliases: [],
      ...flags,
      inputs,
    },
    outputs: outputs.map((name) => ({ name, type: name, is_list: false, tooltip: '' })),
  };
}

export function catalog(...types: NodeType[]): Catalog {
  return new Map(types.map((each) => [each.type, each]));
}
