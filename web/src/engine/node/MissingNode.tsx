// What stands on a node whose type this server does not have: what it is, and where it came from.

import { asObject, asString, type JsonObject } from '../../core/json';
import { typeNameOf } from '../../core/slots';
import { t } from '../../i18n/t';
import css from './node.module.css';

/** What files give as the pack of nodes that are in no pack. */
const CORE = 'comfy-core';

/** Of three lines. */
const LEAST_ROOM = 48;

/** The pack that a node came from, as far as the file says. */
export function packOf(node: JsonObject): string | null {
  const properties = asObject(node['properties']);
  return asString(properties?.['cnr_id']) ?? asString(properties?.['aux_id']);
}

/** What is missing, and whose it is. */
export function missingWords(node: JsonObject): string {
  const pack = packOf(node);
  const whose =
    pack === null ? '' : ` ${pack === CORE ? t('node.missingCore') : t('node.missingPack', { pack })}`;
  return t('node.missingText', { type: typeNameOf(node) }) + whose;
}

interface MissingNodeProps {
  readonly node: JsonObject;
  readonly top: number;
  /** What is free below; where that is too little, only the mark in the title shows the words. */
  readonly room: number;
}

export function MissingNode({ node, top, room }: MissingNodeProps) {
  return (
    <p className={room < LEAST_ROOM ? 'visually-hidden' : css['missing']} style={{ top }}>
      {missingWords(node)}
    </p>
  );
}
