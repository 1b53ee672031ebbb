// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ToastHost, toast } from './Toast';

describe('messages and dialogs', () => {
  let unmount: () => void;

  beforeEach(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
    const place = document.createElement('div');
    document.body.replaceChildren(place);
    const root = createRoot(place);
    act(() => root.render(<ToastHost label="Messages" closeLabel="Close" />));
    unmount = () => act(() => root.unmount());
  });

  afterEach(() => {
    unmount();
    vi.unstubAllGlobals();
  });

  const say = (title: string) => act(() => void toast({ kind: 'error', title, key: title }));
  const earlier = () =>
    [...document.querySelectorAll('[data-earlier] strong')].map((each) => each.textContent);
  const openDialog = () => {
    const dialog = document.createElement('div');
    dialog.setAttribute('role', 'dialog');
    document.body.append(dialog);
    return dialog;
  };

  it('those that a dialog has found wait for its end, those that come of it do not', async () => {
    say('before');
    const dialog = openDialog();
    await vi.waitFor(() => expect(earlier()).toEqual(['before']));
    say('of it');
    expect(earlier()).toEqual(['before']);
    dialog.remove();
    await vi.waitFor(() => expect(earlier()).toEqual([]));
  });

  it('the first that comes under a dialog comes of it', () => {
    openDialog();
    say('of it');
    expect(earlier()).toEqual([]);
  });
});
