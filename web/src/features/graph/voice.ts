// The voice of the one canvas.

import { canvasHost } from '../../app/view';
import { GraphVoice } from '../../engine/a11y';

let voice: GraphVoice | null = null;
let voiceHost: HTMLElement | null = null;

/** Say something to who cannot see it. */
export function announce(text: string, topic = ''): void {
  voiceOf()?.say(text, topic);
}

export function voiceOf(): GraphVoice | null {
  const host = canvasHost();
  if (host !== voiceHost) {
    voice?.stop();
    voice = host === null ? null : new GraphVoice(host);
    voiceHost = host;
  }
  return voice;
}
