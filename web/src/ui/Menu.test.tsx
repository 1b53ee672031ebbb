// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, askText, QuestionHost } from './ask';
import { IconButton } from './Button';
import { Menu, MenuHost, showMenu } from './Menu';
import { TooltipHost } from './Tooltip';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let root: Root;
const chosen = vi.fn();
const ITEMS = [
  { id: 'a', label: 'First', onSelect: () => chosen('a') },
  { id: 'b', label: 'Second', isChecked: true, onSelect: () => chosen('b') },
];

beforeAll(() => Promise.all([import('./MenuView'), import('./Questions')]), 60_000);

beforeEach(async () => {
  const host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  await act(async () =>
    root.render(
      <>
        <Menu items={ITEMS}>
          <IconButton icon="check" label="More" keys="Ctrl+M" />
        </Menu>
        <MenuHost />
        <QuestionHost />
        <TooltipHost />
      </>,
    ),
  );
});

afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  chosen.mockReset();
  vi.useRealTimers();
});

function find(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`no ${selector} in ${document.body.innerHTML.slice(0, 1000)}`);
  return element;
}
/** What is loaded shows itself after a turn of React's. */
async function waitFor(selector: string): Promise<void> {
  await vi.waitFor(async () => {
    await act(async () => {});
    find(selector);
  });
}
const button = () => find('[aria-label="More"]');

describe('Menu', () => {
  it('is opened by its button, says so, and gives the focus back', async () => {
    expect(button().getAttribute('aria-expanded')).toBe('false');
    button().focus();
    await act(async () => button().click());
    await waitFor('[role="menu"]');
    expect(button().getAttribute('aria-expanded')).toBe('true');
    expect(find('[role="menu"]').getAttribute('aria-label')).toBe('More');
    expect(find('[role="menuitemcheckbox"]').getAttribute('aria-checked')).toBe('true');
    // What was chosen is done once the button has the keyboard back.
    let focused: Element | null = null;
    chosen.mockImplementation(() => {
      focused = document.activeElement;
    });
    await act(async () => find('[role="menuitemcheckbox"]').click());
    await vi.waitFor(() => expect(chosen).toHaveBeenCalledWith('b'));
    expect(focused).toBe(button());
    expect(document.querySelector('[role="menu"]')).toBeNull();
    expect(button().getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(button());
  });

  it('is opened by the arrow key, and at any point', async () => {
    const key = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true });
    await act(async () => void button().dispatchEvent(key));
    await waitFor('[role="menu"]');
    await act(async () => showMenu({ x: 5, y: 5 }, ITEMS, 'Here'));
    await waitFor('[role="menu"][aria-label="Here"]');
  });
});

describe('a question', () => {
  it('is answered by its buttons, one after the other', async () => {
    const choices = [
      { id: 'no', label: 'No' },
      { id: 'yes', label: 'Yes' },
    ];
    const first = ask({ title: 'Sure?', closeLabel: 'Close', choices });
    const field = { label: 'Name', value: 'old' };
    const second = askText({ title: 'Name?', closeLabel: 'Close', choices, field });
    await waitFor('[role="dialog"]');
    const press = (label: string) =>
      act(async () =>
        [...document.querySelectorAll('button')].find((each) => each.textContent === label)?.click(),
      );
    await press('No');
    expect(await first).toBe('no');
    await waitFor('input');
    await press('Yes');
    expect(await second).toBe('old');
  });
});

describe('Tooltip', () => {
  const enter = (pointerType: string) => {
    const event = new PointerEvent('pointerover', { bubbles: true, pointerType });
    return act(async () => void button().dispatchEvent(event));
  };

  it('comes after a while, describes its button, and goes with Escape', async () => {
    vi.useFakeTimers();
    await enter('touch');
    await act(async () => vi.advanceTimersByTime(1000));
    expect(document.querySelector('[role="tooltip"]')).toBeNull();
    await enter('mouse');
    expect(document.querySelector('[role="tooltip"]')).toBeNull();
    await act(async () => vi.advanceTimersByTime(1000));
    const tip = find('[role="tooltip"]');
    expect(tip.textContent).toBe('MoreCtrlM');
    expect(button().getAttribute('aria-describedby')).toBe(tip.id);
    const key = new KeyboardEvent('keydown', { key: 'Escape' });
    await act(async () => void window.dispatchEvent(key));
    expect(document.querySelector('[role="tooltip"]')).toBeNull();
    expect(button().hasAttribute('aria-describedby')).toBe(false);
  });
});
