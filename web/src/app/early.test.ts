// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeDialog, dialogs, openDialog } from '../stores/dialogs';
import { keepTyped, takeTyped } from './early';

const heard = vi.fn((event: KeyboardEvent) => event.key);

beforeEach(() => {
  vi.useFakeTimers();
  heard.mockClear();
  window.addEventListener('keydown', heard);
  openDialog('palette');
  keepTyped(closeDialog);
});
afterEach(() => {
  window.removeEventListener('keydown', heard);
  takeTyped();
  vi.useRealTimers();
});

function press(...keys: string[]): void {
  for (const key of keys)
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

it('keeps what is typed, from everybody else, until it is taken', () => {
  press('f', 'i', 'x', 'Backspace', 't', 'Enter', 'x');
  expect(heard).not.toHaveBeenCalled();
  expect(takeTyped()).toEqual({ text: 'fit', isDone: true });
  press('f');
  expect(heard).toHaveReturnedWith('f');
});

it('begins anew each time, and leaves alone what is no text', () => {
  press('a', 'ArrowDown');
  keepTyped(closeDialog);
  expect(takeTyped()).toEqual({ text: '', isDone: false });
  expect(heard).toHaveReturnedWith('ArrowDown');
});

it('ends with Escape, which closes what was not there yet', () => {
  press('Escape', 'm');
  expect(dialogs.getState().open).toBeNull();
  expect(heard).toHaveReturnedWith('m');
  expect(heard).not.toHaveReturnedWith('Escape');
});

it('ends after a while, and with a press of the pointer', () => {
  vi.advanceTimersByTime(5000);
  press('m');
  expect(heard).toHaveBeenCalledOnce();
  keepTyped(closeDialog);
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  press('m');
  expect(heard).toHaveBeenCalledTimes(2);
});
