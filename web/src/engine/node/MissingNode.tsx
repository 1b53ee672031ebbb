// What stands on a node whose type this server does not have: what it is, and where it came from.

import { asObject, asString, type JsonObject } from '../../core/json';
import { typeNameOf } from '../../core/slots';
import { t } from '../../i18n/t';
import css from './node.module.css';

/** What files give as the pack of nodes that are in no pack. */
const CORE = 'comfy-core';

/** The pack that a node came from, as far as the file says. */
export function packOf(node: JsonObject): string | null {
  const properties = asObject(node['properties']);
  return asString(properties?.['cnr_id']) ?? asString(properties?.['aux_id']);
}

interface MissingNodeProps {
  readonly node: JsonObject;
  readonly top: number;
  /** What is free below; where that is too little, the words hang below the node. */
  readonly room: number;
}

export function MissingNode({ node, top, room }: MissingNodeProps) {
  const pack = packOf(node);
  return (
    <p className={css['missing']} style={{ top: room < 48 ? top + room + 6 : top }}>
      {t('node.missingText', { type: typeNameOf(node) })}
      {pack !== null && <> {pack === CORE ? t('node.missingCore') : t('node.missingPack', { pack })}</>}
    </p>
  );
}
