// Which of the formats of workflows something is in.

import { asArray, asObject, asString, type JsonObject } from './json';

export function isCanvasFormat(raw: JsonObject): boolean {
  return asArray(raw['nodes']) !== null;
}

/** Nodes by id, each with a class: what runs, without places. */
export function isApiPrompt(raw: JsonObject): boolean {
  const nodes = Object.values(raw);
  return nodes.length > 0 && nodes.every((node) => asString(asObject(node)?.['class_type']) !== null);
}
