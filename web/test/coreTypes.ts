// The core node types that shared files are made of, as the server's table of facts has them (names, order, bounds).

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Catalog } from '../src/core/catalog';
import type { Json } from '../src/core/json';
import { input, nodeType } from './builders';

const TABLE = fileURLToPath(new URL('../../engine/graph/data/core_nodes.json.gz', import.meta.url));

interface Entry {
  readonly name: string;
  readonly kind: 'required' | 'optional' | 'hidden';
  readonly type: string;
  readonly default?: Json;
  readonly options?: readonly Json[];
  readonly files?: string;
  readonly forceInput?: boolean;
  readonly image_upload?: boolean;
  readonly control_after_generate?: boolean;
}

/** Lists of files are empty: nothing says which there were. */
export function coreTypes(): Catalog {
  const table = JSON.parse(gunzipSync(readFileSync(TABLE)).toString('utf-8')) as Record<
    string,
    { readonly inputs: readonly Entry[]; readonly outputs: readonly { readonly type: string }[] }
  >;
  return new Map(
    Object.entries(table).map(([name, { inputs, outputs }]) => [
      name,
      nodeType(
        name,
        inputs.filter((each) => each.kind !== 'hidden').map(inputOf),
        outputs.map(({ type }) => type),
      ),
    ]),
  );
}

function inputOf(entry: Entry) {
  const { name, type, kind, options, files } = entry;
  const own = input(name, type);
  return {
    ...own,
    required: kind === 'required',
    is_widget: own.is_widget && entry.forceInput !== true,
    ...(entry.default === undefined ? {} : { has_default: true, default: entry.default }),
    choices: files !== undefined ? [] : (options ?? null),
    choices_from: files ?? null,
    image_upload: entry.image_upload ?? false,
    seed_control: entry.control_after_generate ?? false,
  };
}
