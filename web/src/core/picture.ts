// How image inputs name pictures: `folder/name.png`, perhaps with ` [output]` at the end.

import type { InputType } from './catalog';
import { asString } from './json';
import type { NodeShape, Widget } from './slots';

export type PictureFolder = 'input' | 'output' | 'temp';

/** A picture as the server's routes ask for it. */
export interface PictureRef {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: PictureFolder;
}

const FOLDERS: ReadonlySet<string> = new Set(['input', 'output', 'temp'] satisfies PictureFolder[]);

/** What a value names; without a folder at its end it is in the one that the input takes its pictures from. */
export function pictureRef(value: string, folder: string | null = null): PictureRef {
  const annotated = /^(.*\S)\s*\[(input|output|temp)\]$/s.exec(value);
  const parts = (annotated?.[1] ?? value).split('/');
  const named = annotated?.[2] ?? folder ?? 'input';
  return {
    filename: parts.at(-1) ?? '',
    subfolder: parts.slice(0, -1).join('/'),
    type: FOLDERS.has(named) ? (named as PictureFolder) : 'input',
  };
}

/** The value that names a picture wherever it is. */
export function annotated({ filename, subfolder, type }: PictureRef): string {
  return `${subfolder === '' ? '' : `${subfolder}/`}${filename} [${type}]`;
}

/** What an input takes for a file of the input folder: its plain name, or one that says so where it looks elsewhere. */
export function valueFor(input: InputType | null, uploaded: string): string {
  const folder = input?.choices_from ?? 'input';
  return folder === 'input' ? uploaded : `${uploaded} [input]`;
}

export interface PictureInput {
  readonly widget: Widget;
  readonly input: InputType;
  readonly value: string;
}

/** The inputs of a node that hold a picture by themselves, not over a link. */
export function pictureInputs(shape: NodeShape): PictureInput[] {
  return shape.widgets.flatMap((widget): PictureInput[] => {
    const { input, name } = widget;
    const value = asString(widget.value);
    if (input?.image_upload !== true || value === null || value === '') return [];
    return shape.inputs.some((slot) => slot.name === name && slot.link !== null)
      ? []
      : [{ widget, input, value }];
  });
}
