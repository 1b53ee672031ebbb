// Tags in words: those that nodes show are translated, those that a file gives stand as they are.

import type { Tag } from '../../core/about';
import { type TextKey, t } from '../../i18n/t';

const WORDS: Readonly<Record<Tag, TextKey>> = {
  'text-to-image': 'templates.tag.textToImage',
  'image-to-image': 'templates.tag.imageToImage',
  inpainting: 'templates.tag.inpainting',
  upscaling: 'templates.tag.upscaling',
  controlnet: 'templates.tag.controlnet',
  lora: 'templates.tag.lora',
  audio: 'templates.tag.audio',
  video: 'templates.tag.video',
};

export function wordsOfTag(tag: string): string {
  const key = Object.hasOwn(WORDS, tag) ? WORDS[tag as Tag] : undefined;
  return key === undefined ? tag : t(key);
}
