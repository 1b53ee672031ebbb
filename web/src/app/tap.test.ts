// @vitest-environment happy-dom
// A key that moves the view while it is held does what is bound to it by a tap.

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { settings } from '../stores/settings';
import { registerCommands } from './commands';
import { listenForKeys } from './keys';
import { setCanvasHost } from './view';

const done = vi.fn();
const host = document.createElement('div');
const button = document.createElement('button');

beforeAll(() => {
  host.tabIndex = 0;
  document.body.append(host, button);
  setCanvasHost(host);
  registerCommands(
    { id: 'test.tap', title: () => 'Tap', group: 'nodes', keys: ['Space'], run: () => done('tap') },
    { id: 'test.other', title: () => 'Other', group: 'nodes', keys: ['B'], run: () => done('other') },
  );
  listenForKeys();
});

beforeEach(() => {
  done.mockReset();
  settings.setState({ keys: {} });
  host.focus();
});

function send(kind: 'keydown' | 'keyup', at: number, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent(kind, {
    key: ' ',
    code: 'Space',
    bubbles: true,
    cancelable: true,
    ...more,
  });
  Object.defineProperty(event, 'timeStamp', { value: at });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}

describe('Space on the canvas', () => {
  it('does what is bound to it when it is let go soon', () => {
    expect(send('keydown', 0).defaultPrevented).toBe(true);
    expect(done).not.toHaveBeenCalled();
    send('keyup', 100);
    expect(done.mock.calls).toEqual([['tap']]);
  });

  it('does nothing when it was held, or something was dragged or pressed meanwhile', () => {
    send('keydown', 0);
    send('keydown', 40, { repeat: true });
    send('keyup', 400);
    send('keydown', 1000);
    window.dispatchEvent(new Event('pointerdown'));
    send('keyup', 1100);
    send('keydown', 2000);
    send('keydown', 2010, { key: 'x', code: 'KeyX' });
    send('keyup', 2100);
    expect(done).not.toHaveBeenCalled();
  });

  it('is any other command’s when the user wants it so', () => {
    settings.setState({ keys: { 'test.tap': ['T'], 'test.other': ['Space Space'] } });
    send('keydown', 0);
    send('keyup', 100);
    send('keydown', 200, { key: 't', code: 'KeyT' });
    expect(done.mock.calls).toEqual([['other'], ['tap']]);
  });

  it('is left to what has the keyboard elsewhere', () => {
    button.focus();
    expect(send('keydown', 0).defaultPrevented).toBe(false);
    send('keyup', 100);
    expect(done).not.toHaveBeenCalled();
  });
});
