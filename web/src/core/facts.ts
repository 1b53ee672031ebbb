// What people want to know of a picture, out of the nodes that made it: prompts, seeds, models, how it was sampled.

import type { Json, JsonObject } from './json';

export interface MadeBy {
  readonly node_type: string;
  readonly title: string;
  readonly values: JsonObject;
  readonly links: Readonly<Record<string, readonly [string, number]>>;
}

type Nodes = Readonly<Record<string, MadeBy>>;

export interface PromptFact {
  readonly node: string;
  readonly role: 'positive' | 'negative' | 'other';
  readonly text: string;
}

export interface ValueFact {
  readonly node: string;
  readonly name: string;
  readonly value: Json;
}

export interface Facts {
  readonly prompts: readonly PromptFact[];
  readonly models: readonly ValueFact[];
  readonly sampling: readonly ValueFact[];
}

const MODEL_FILE = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i;
const SAMPLING = new Set([
  'steps',
  'cfg',
  'guidance',
  'sampler_name',
  'scheduler',
  'denoise',
  'strength_model',
]);
const TEXTS = new Set([
  'text',
  'text_g',
  'text_l',
  'prompt',
  'clip_l',
  't5xxl',
  'positive',
  'negative',
  'tags',
  'lyrics',
]);
const ORDER = { positive: 0, other: 1, negative: 2 } as const;

export function factsOf(nodes: Nodes): Facts {
  const roles = rolesOf(nodes);
  const prompts: PromptFact[] = [];
  const models: ValueFact[] = [];
  const sampling: ValueFact[] = [];
  for (const [node, { values }] of Object.entries(nodes)) {
    for (const [name, value = null] of Object.entries(values)) {
      if (typeof value === 'string' && MODEL_FILE.test(value)) models.push({ node, name, value });
      else if (SAMPLING.has(name)) sampling.push({ node, name, value });
      else if (typeof value === 'string' && TEXTS.has(name) && value.trim() !== '')
        prompts.push({ node, role: roles.get(node) ?? 'other', text: value });
    }
  }
  prompts.sort((a, b) => ORDER[a.role] - ORDER[b.role]);
  return { prompts, models, sampling };
}

/** Which nodes lie behind an input `positive` or `negative`; behind both is neither. */
function rolesOf(nodes: Nodes): Map<string, PromptFact['role']> {
  const found = new Map<string, PromptFact['role']>();
  for (const role of ['positive', 'negative'] as const) {
    const starts = Object.values(nodes).flatMap(({ links }) => links[role]?.[0] ?? []);
    for (const id of behind(nodes, starts, role))
      found.set(id, found.has(id) && found.get(id) !== role ? 'other' : role);
  }
  return found;
}

function behind(nodes: Nodes, starts: readonly string[], role: 'positive' | 'negative'): Set<string> {
  const seen = new Set<string>();
  const left = [...starts];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    const node = nodes[id];
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    // Nodes that pass both on (ControlNet) keep them apart.
    const same = node.links[role];
    const next = same !== undefined ? [same] : Object.values(node.links);
    left.push(...next.map(([from]) => from));
  }
  return seen;
}
