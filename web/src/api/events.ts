// Two sockets: events of jobs, which are taken up after the last one that was seen, and previews, which are not.
// A socket that breaks is opened again, sooner at first (0.5 s) and then less often (10 s).

import { asObject, asString, parseJson } from '../core/json';
import type { GalleryTold } from './schema.gen';
import type { Preview, StreamedEvent } from './types';

export type Connection = 'connecting' | 'open' | 'offline';

export interface EventHandlers {
  event(event: StreamedEvent): void;
  preview(preview: Preview): void;
  /** Files of the gallery came, changed or went. */
  gallery?(added: number, removed: number): void;
  /** `open` may mean that the server is another process than before. */
  connection(state: Connection): void;
}

const FIRST_DELAY = 500;
const LAST_DELAY = 10_000;
const PREVIEW_WITH_METADATA = 4;

export class EventStream {
  readonly #handlers: EventHandlers;
  readonly #clientId: string;
  #seq: number | null;
  #window = '';
  #isStopped = false;
  #delay = FIRST_DELAY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #events: WebSocket | null = null;
  #previews: WebSocket | null = null;

  constructor(clientId: string, handlers: EventHandlers, since: number | null = null) {
    this.#clientId = clientId;
    this.#handlers = handlers;
    this.#seq = since;
  }

  /** The number of the last event that was seen. */
  get seq(): number | null {
    return this.#seq;
  }

  /** `windowId` names this window to the server, as its drafts do. */
  start(windowId: string): void {
    this.#window = windowId;
    window.addEventListener('online', this.#now);
    document.addEventListener('visibilitychange', this.#whenVisible);
    this.#open();
  }

  stop(): void {
    this.#isStopped = true;
    window.removeEventListener('online', this.#now);
    document.removeEventListener('visibilitychange', this.#whenVisible);
    clearTimeout(this.#timer);
    this.#events?.close();
    this.#previews?.close();
  }

  readonly #now = (): void => {
    if (this.#isStopped || this.#events !== null) return;
    clearTimeout(this.#timer);
    this.#delay = FIRST_DELAY;
    this.#open();
  };

  readonly #whenVisible = (): void => {
    if (document.visibilityState === 'visible') this.#now();
  };

  #open(): void {
    if (this.#isStopped) return;
    this.#handlers.connection('connecting');
    this.#connect(null);
  }

  /**
   * Without `since`, the server's first word is the number that it is at. If that is beyond the last one seen here,
   * what lies between is asked for; if it is below, this is a server that remembers nothing, and counts anew.
   */
  #connect(since: number | null): void {
    const query = `&window=${encodeURIComponent(this.#window)}${since === null ? '' : `&since=${since}`}`;
    const socket = new WebSocket(`${socketOrigin()}/api/v1/events/ws?tell=gallery${query}`);
    this.#events = socket;
    socket.onmessage = (message) => this.#read(message, socket, since);
    socket.onclose = () => {
      if (this.#events === socket) this.#lost();
    };
  }

  #read(message: MessageEvent, socket: WebSocket, since: number | null): void {
    if (typeof message.data !== 'string' || this.#events !== socket) return;
    const told = parseJson(message.data) as unknown as StreamedEvent;
    if (told.event.type === 'hello') {
      if (since === null && this.#seq !== null && this.#seq < told.seq) {
        this.#connect(this.#seq);
        socket.close();
        return;
      }
      if (since === null) this.#seq = told.seq;
      this.#delay = FIRST_DELAY;
      this.#handlers.connection('open');
      this.#openPreviews();
      return;
    }
    const gallery = galleryTold(told);
    if (gallery !== null) {
      this.#handlers.gallery?.(gallery.added, gallery.removed);
      return;
    }
    if (this.#seq !== null && told.seq <= this.#seq) return;
    this.#seq = told.seq;
    this.#handlers.event(told);
  }

  #lost(): void {
    this.#events = null;
    this.#previews?.close();
    this.#previews = null;
    if (this.#isStopped) return;
    this.#handlers.connection('offline');
    this.#timer = setTimeout(() => this.#open(), this.#delay * (0.8 + 0.4 * Math.random()));
    this.#delay = Math.min(LAST_DELAY, this.#delay * 1.7);
  }

  #openPreviews(): void {
    this.#previews?.close();
    const socket = new WebSocket(`${socketOrigin()}/ws?clientId=${encodeURIComponent(this.#clientId)}`);
    this.#previews = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
    socket.onmessage = (message) => {
      if (!(message.data instanceof ArrayBuffer)) return;
      const preview = readPreview(message.data);
      if (preview !== null) this.#handlers.preview(preview);
    };
  }
}

/** How things are is told in the same form as events, but without a number. */
function galleryTold({ event }: { readonly event: { readonly type: string } }): GalleryTold | null {
  return event.type === 'gallery_changed' ? (event as GalleryTold) : null;
}

function socketOrigin(): string {
  return location.origin.replace(/^http/, 'ws');
}

/** A picture with what it is of: two lengths, a JSON record, the picture. Null for every other message. */
export function readPreview(data: ArrayBuffer): Preview | null {
  if (data.byteLength < 8) return null;
  const view = new DataView(data);
  if (view.getUint32(0) !== PREVIEW_WITH_METADATA) return null;
  const length = view.getUint32(4);
  if (8 + length > data.byteLength) return null;
  try {
    const record = asObject(parseJson(new TextDecoder().decode(new Uint8Array(data, 8, length))));
    const nodeId = asString(record?.['node_id']) ?? '';
    return {
      jobId: asString(record?.['prompt_id']) ?? '',
      nodeId,
      displayId: asString(record?.['display_node_id']) ?? nodeId,
      blob: new Blob([new Uint8Array(data, 8 + length)], {
        type: asString(record?.['image_type']) ?? 'image/jpeg',
      }),
    };
  } catch {
    return null;
  }
}
