// What widgets ask of the application: uploads, pictures, the user's settings. The application says how at its start;
// until then (and in tests) nothing of it is there.

import type { Json } from '../core/json';
import type { NodeId } from '../core/types';

export interface WidgetHost {
  /** Put a picture among the server's input files; the value that names it. Throws in the server's words. */
  readonly upload: (file: Blob, name: string) => Promise<string>;
  /** Whether a file was uploaded after the list of files was read. */
  readonly isFresh: (value: string) => boolean;
  /** Where a small picture of a file is, named as in an input that takes its files from `folder`; null if it has none. */
  readonly thumbnail: (value: string, folder: string | null) => string | null;
  /** Whether there is somebody to choose pictures from. */
  readonly canPick: () => boolean;
  /** Have a picture chosen out of all that there are; its value, null if none was. */
  readonly pick: () => Promise<string | null>;
  /** Ask our own server for JSON. Throws in its words. */
  readonly getJson: (path: string, signal: AbortSignal) => Promise<Json>;
  readonly spellcheck: () => boolean;
  /** The seed that the last run had. */
  readonly lastSeed: (node: NodeId, name: string) => Json | undefined;
  readonly copy: (text: string) => void;
  readonly failed: (title: string, text: string) => void;
}

const nothing: WidgetHost = {
  upload: () => Promise.reject(new Error('no server')),
  isFresh: () => false,
  thumbnail: () => null,
  canPick: () => false,
  pick: () => Promise.resolve(null),
  getJson: () => Promise.reject(new Error('no server')),
  spellcheck: () => false,
  lastSeed: () => undefined,
  copy: () => {},
  failed: () => {},
};

export let widgetHost: WidgetHost = nothing;

export function setWidgetHost(host: Partial<WidgetHost>): void {
  widgetHost = { ...widgetHost, ...host };
}
