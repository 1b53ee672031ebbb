// What a screen reader hears of the graph: one proxy for the node that has the keyboard, and announcements that wait
// their turn. The canvas itself is one tab stop (`role="application"`); `aria-activedescendant` leads to the proxy.

const PROXY = 'graph-focused-node';
const PAUSE = 5000;

export class GraphVoice {
  readonly #host: HTMLElement;
  readonly #proxy: HTMLElement;
  readonly #live: HTMLElement;
  readonly #last = new Map<string, number>();

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#proxy = hidden(host);
    this.#proxy.id = PROXY;
    this.#proxy.setAttribute('role', 'group');
    this.#live = hidden(host);
    this.#live.setAttribute('aria-live', 'polite');
    this.#live.setAttribute('role', 'status');
  }

  /** Say which node has the keyboard; null for none. */
  focus(id: string | null, label: string): void {
    this.#proxy.setAttribute('aria-label', label);
    if (id === null) {
      this.#host.removeAttribute('aria-activedescendant');
      delete this.#proxy.dataset['proxy'];
    } else {
      this.#proxy.dataset['proxy'] = id;
      this.#host.setAttribute('aria-activedescendant', PROXY);
    }
  }

  /** Say something once; of one `topic` not more than every five seconds. */
  say(text: string, topic = ''): void {
    const now = performance.now();
    if (topic !== '' && now - (this.#last.get(topic) ?? Number.NEGATIVE_INFINITY) < PAUSE) return;
    this.#last.set(topic, now);
    this.#live.textContent = text;
  }

  stop(): void {
    this.focus(null, '');
    this.#proxy.remove();
    this.#live.remove();
  }
}

function hidden(host: HTMLElement): HTMLElement {
  const element = document.createElement('div');
  element.className = 'visually-hidden';
  host.append(element);
  return element;
}
