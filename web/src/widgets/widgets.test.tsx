// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { input } from '../../test/builders';
import type { InputType } from '../core/catalog';
import type { Json } from '../core/json';
import { MenuHost } from '../ui/Menu';
import { setWidgetHost } from './host';
import { closePopup, PopupHost } from './popup';
import { kindOf, widgetFor } from './registry';
import { forgetLists } from './remote';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
// Lists show what there is room for; here nothing has a height by itself.
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { get: () => 360, configurable: true });

let root: Root;
let box: HTMLElement;
let value: Json;
const settled = vi.fn();
const control = vi.fn();

beforeEach(() => {
  box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
  settled.mockClear();
  control.mockClear();
});

afterEach(async () => {
  await act(async () => closePopup());
  await act(async () => root.unmount());
  box.remove();
});

async function show(of: InputType, first: Json, more: object = {}): Promise<void> {
  value = first;
  const draw = () => {
    const Kind = widgetFor(of, value);
    root.render(
      <>
        <Kind
          {...{ id: 'w', node: '1', name: of.name, label: of.name, value, input: of, control: null }}
          isReadOnly={false}
          isRoomy={false}
          onChange={(next) => {
            value = next;
            draw();
          }}
          onSettle={settled}
          onAbandon={() => {}}
          onControl={control}
          {...more}
        />
        <PopupHost />
        <MenuHost />
      </>,
    );
  };
  await act(async () => draw());
}

function find<T extends Element = HTMLElement>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (element === null) throw new Error(`no ${selector} in ${document.body.innerHTML.slice(0, 2000)}`);
  return element;
}

const press = (element: Element, key: string, more: object = {}) =>
  act(async () => void element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more })));
const click = (element: HTMLElement) => act(async () => element.click());

/** Press what opens a menu or a sheet. They are files of their own, and shown once those are loaded. */
async function open(element: HTMLElement, role: 'dialog' | 'menu' = 'dialog'): Promise<void> {
  await click(element);
  const shown = async () => {
    await act(async () => {});
    find(`[role="${role}"]`);
  };
  await vi.waitFor(shown, { timeout: 10_000 });
}

beforeAll(() => Promise.all([import('../ui/MenuView'), import('./PopupView')]), 60_000);

async function type(element: HTMLInputElement | HTMLTextAreaElement, text: string): Promise<void> {
  const prototype = element instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  await act(async () => {
    Object.getOwnPropertyDescriptor(prototype.prototype, 'value')?.set?.call(element, text);
    element.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

const SEED = input('seed', 'INT', { min: 0, max: 18446744073709551615n, seed_control: true });

describe('kinds', () => {
  it.each([
    [input('a', 'INT'), 1, 'number'],
    [input('seed', 'INT'), 1, 'seed'],
    [input('a', 'FLOAT', { display: 'slider', min: 0, max: 1 }), 0, 'slider'],
    [input('a', 'INT', { display: 'color' }), 0, 'colour'],
    [input('a', 'BOOLEAN'), true, 'toggle'],
    [input('a', 'COMBO', { choices: ['x'] }), 'x', 'combo'],
    [input('a', 'COMBO', { choices: ['x'], options: { multiselect: true } }), [], 'multi'],
    [input('a', 'COMBO', { choices: [], image_upload: true }), 'x.png', 'image'],
    [input('a', 'STRING'), '', 'line'],
    [input('a', 'STRING', { multiline: true }), '', 'text'],
    [input('a', 'STRING', { multiline: true, dynamic_prompts: true }), '', 'prompt'],
    [input('a', 'STRING', { multiline: true, options: { markdown: true } }), '', 'markdown'],
    [input('a', 'WEIRD'), { x: 1 }, 'unknown'],
    [null, 'x', 'unknown'],
  ] as [InputType | null, Json, string][])('%#', (of, held, kind) => expect(kindOf(of, held)).toBe(kind));
});

describe('NumberField', () => {
  it('steps by keys and buttons, within its range', async () => {
    await show(input('cfg', 'FLOAT', { min: 0, max: 8.2, step: 0.1 }), 8);
    await press(find('#w'), 'ArrowUp');
    expect(value).toBe(8.1);
    await press(find('#w'), 'ArrowUp', { shiftKey: true });
    expect(value).toBe(8.2);
    await click(find('[aria-label="Less cfg"]'));
    expect(value).toBe(8.1);
    expect(find('#w').getAttribute('aria-valuetext')).toBe('8.1');
  });

  it('takes an expression, and gives nothing up for what is none', async () => {
    await show(input('width', 'INT', { min: 16, max: 4096 }), 512);
    await press(find('#w'), 'Enter');
    await type(find<HTMLInputElement>('input#w'), '512*1.5');
    await press(find('input#w'), 'Enter');
    expect(value).toBe(768);
    await press(find('#w'), 'Enter');
    await type(find<HTMLInputElement>('input#w'), 'many');
    expect(find('input#w').getAttribute('aria-invalid')).toBe('true');
    await press(find('input#w'), 'Enter');
    expect(value).toBe(768);
  });

  it('keeps long seeds exact', async () => {
    await show(SEED, 18446744073709551614n);
    expect(box.textContent).toContain('18446744073709551614');
    await press(find('#w'), 'ArrowUp');
    expect(value).toBe(18446744073709551615n);
  });

  it('says that a value is no number, and keeps it', async () => {
    await show(input('steps', 'INT'), 'twenty');
    expect(find('#w').getAttribute('aria-invalid')).toBe('true');
    expect(value).toBe('twenty');
  });
});

describe('a number whose drag loses the pointer', () => {
  it('asks for what was before; a drag that ends by itself does not', async () => {
    const abandoned = vi.fn();
    await show(input('steps', 'INT', { min: 0, max: 100 }), 20, { onAbandon: abandoned });
    const field = find('#w');
    Object.assign(field, { setPointerCapture: () => {} });
    const point = (type: string, clientX: number) =>
      act(async () => {
        field.dispatchEvent(new MouseEvent(type, { bubbles: true, button: 0, clientX, clientY: 0 }));
      });
    await point('pointerdown', 0);
    await point('pointermove', 40);
    await point('lostpointercapture', 40);
    expect([value, abandoned.mock.calls.length]).toEqual([25, 1]);
    // What comes later is none of its business.
    await point('pointermove', 80);
    await point('pointerup', 80);
    expect(value).toBe(25);
    await point('pointerdown', 0);
    await point('pointermove', 40);
    await point('pointerup', 40);
    await point('lostpointercapture', 40);
    expect([value, abandoned.mock.calls.length]).toEqual([30, 1]);
    // Nothing was dragged, and nothing is to be typed.
    await point('pointerdown', 0);
    await point('lostpointercapture', 0);
    await point('pointerup', 0);
    expect([document.querySelector('input'), abandoned.mock.calls.length]).toEqual([null, 1]);
  });
});

describe('knobs and sliders', () => {
  const drag = (x: number, y: number, more: object = {}) =>
    act(async () => {
      const field = find('#w');
      Object.assign(field, { setPointerCapture: () => {}, getBoundingClientRect: () => ({ width: 200 }) });
      const point = (type: string, clientX: number, clientY: number) =>
        field.dispatchEvent(
          Object.assign(new MouseEvent(type, { bubbles: true, button: 0, clientX, clientY }), more),
        );
      point('pointerdown', 100, 100);
      point('pointermove', 100 + x, 100 + y);
      point('pointerup', 100 + x, 100 + y);
    });

  it('a knob turns up and to the right', async () => {
    await show(input('gain', 'FLOAT', { min: 0, max: 1, step: 0.01, display: 'knob' }), 0.5);
    expect(find('#w').getAttribute('role')).toBe('slider');
    expect(document.querySelector('circle')).not.toBeNull();
    await drag(0, -40);
    expect(value).toBe(0.75);
    await drag(-80, 0);
    expect(value).toBe(0.25);
    await drag(-800, 0);
    expect(value).toBe(0);
  });

  it('a slider goes along its width', async () => {
    await show(input('share', 'INT', { min: 0, max: 10, display: 'slider' }), 5);
    await drag(60, 400);
    expect(value).toBe(8);
  });
});

describe('Seed', () => {
  it('offers what happens before a run, and the last seed', async () => {
    setWidgetHost({ lastSeed: () => 42 });
    await show(SEED, 7, { control: 'randomize' });
    await open(find('[aria-haspopup="menu"]'), 'menu');
    const items = [...document.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
    expect(items.map((item) => item.textContent)).toContain('Use the seed of the last run, and keep it42');
    const reuse = items.find((item) => item.textContent?.startsWith('Use the seed'));
    if (reuse !== undefined) await click(reuse);
    // What was chosen is done once the menu has given the keyboard back.
    await vi.waitFor(() => expect(value).toBe(42));
    expect(control).toHaveBeenCalledWith('fixed');
  });
});

describe('Toggle', () => {
  it('is a switch in the words of the node', async () => {
    await show(input('on', 'BOOLEAN', { options: { label_on: 'enable', label_off: 'disable' } }), false);
    expect(find('[role="switch"]').textContent).toContain('disable');
    await click(find('[role="switch"]'));
    expect(value).toBe(true);
    expect(find('[role="switch"]').getAttribute('aria-checked')).toBe('true');
  });
});

describe('a value of another sort', () => {
  it('is no switch: it is said, and kept until it is pressed', async () => {
    await show(input('on', 'BOOLEAN'), 'maybe');
    expect(find('#w').textContent).toContain('maybe');
    expect(find('#w').className).toContain('wrong');
    expect(value).toBe('maybe');
  });
});

describe('Combo', () => {
  const NAMES = Array.from({ length: 5000 }, (_, index) => `folder${index % 10}/model-${index}.safetensors`);

  it('opens 5,000 entries with few rows, filters, and takes the chosen one', async () => {
    await show(input('model', 'COMBO', { choices: NAMES }), 'folder1/model-1.safetensors');
    await open(find('[role="combobox"]#w'));
    const shown = document.querySelectorAll('[role="option"]').length;
    expect(shown).toBeGreaterThan(10);
    expect(shown).toBeLessThanOrEqual(40);
    await type(find<HTMLInputElement>('[aria-label="Filter model"]'), 'model-4321');
    await press(find('[aria-label="Filter model"]'), 'Enter');
    expect(value).toBe('folder1/model-4321.safetensors');
  });

  it('keeps what is not in the list, and offers what is near', async () => {
    await show(input('model', 'COMBO', { choices: ['sd/sd15.safetensors', 'x'] }), 'sd15.safetensors');
    expect(find('#w').getAttribute('aria-invalid')).toBe('true');
    await open(find('#w'));
    expect(find('[role="alert"]').textContent).toContain('sd15.safetensors');
    await click(find('[role="alert"] button'));
    expect(value).toBe('sd/sd15.safetensors');
  });

  it('goes through folders by keys', async () => {
    const choices = ['a/b/one', 'a/two', 'three'];
    await show(input('model', 'COMBO', { choices }), 'three');
    await open(find('#w'));
    const filter = find('[aria-label="Filter model"]');
    const rows = () => [...document.querySelectorAll('[role="option"]')].map((row) => row.textContent);
    const active = () =>
      document.getElementById(filter.getAttribute('aria-activedescendant') ?? '')?.textContent;
    expect(rows()).toEqual(['a2', 'three']);
    await press(filter, 'ArrowUp');
    await press(filter, 'ArrowRight');
    expect(rows()).toEqual(['a2', 'b1', 'two', 'three']);
    await press(filter, 'ArrowDown');
    await press(filter, 'ArrowDown');
    expect(active()).toBe('two');
    await press(filter, 'ArrowLeft');
    expect(active()).toBe('a2');
    await press(filter, 'ArrowLeft');
    expect(rows()).toEqual(['a2', 'three']);
  });

  it('steps by keys without being opened', async () => {
    await show(input('kind', 'COMBO', { choices: ['a', 'b', 'c'] }), 'a');
    await press(find('#w'), 'ArrowDown');
    expect(value).toBe('b');
  });
});

describe('the sheet beside a field', () => {
  const choices = ['kernel', 'knot', 'other'];
  const openList = async (first: Json = 'knot') => {
    await show(input('model', 'COMBO', { choices }), first);
    find('#w').focus();
    await open(find('#w'));
  };
  const sheet = () => document.querySelector('[role="dialog"]');

  it('has the keyboard, and Escape gives it back to the field', async () => {
    await openList();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Filter model');
    expect(find('[role="dialog"]').getAttribute('aria-label')).toBe('model');
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    await act(async () => void document.activeElement?.dispatchEvent(key));
    expect([sheet(), document.activeElement?.id, key.defaultPrevented]).toEqual([null, 'w', true]);
  });

  it('opened by a letter, it is typed on from there', async () => {
    await show(input('model', 'COMBO', { choices }), 'other');
    find('#w').focus();
    await press(find('#w'), 'k');
    await vi.waitFor(() => find('[role="dialog"]'));
    const filter = find<HTMLInputElement>('[aria-label="Filter model"]');
    expect([document.activeElement === filter, filter.value]).toEqual([true, 'k']);
    expect([filter.selectionStart, filter.selectionEnd]).toEqual([1, 1]);
  });

  it('goes where the keyboard or a press is elsewhere, and leaves them there', async () => {
    const elsewhere = document.createElement('input');
    box.before(elsewhere);
    await openList();
    await act(async () => elsewhere.focus());
    expect([sheet(), document.activeElement === elsewhere]).toEqual([null, true]);
    await openList();
    await act(
      async () => void find('[role="listbox"]').dispatchEvent(new Event('pointerdown', { bubbles: true })),
    );
    expect(sheet()).not.toBeNull();
    await act(async () => void elsewhere.dispatchEvent(new Event('pointerdown', { bubbles: true })));
    expect(sheet()).toBeNull();
    elsewhere.remove();
  });

  it('is closed by its field, which a press alone does not close', async () => {
    await openList();
    await act(async () => void find('#w').dispatchEvent(new Event('pointerdown', { bubbles: true })));
    expect(sheet()).not.toBeNull();
    await click(find('#w'));
    expect([sheet(), document.activeElement?.id]).toEqual([null, 'w']);
  });

  it('keeps Tab within it', async () => {
    await openList('kernal');
    const stops = [...document.querySelectorAll<HTMLElement>('[role="alert"] button, input')];
    const [first, last] = [stops[0], stops.at(-1)];
    expect(first).not.toBe(last);
    expect(document.activeElement).toBe(first);
    await press(first ?? box, 'Tab', { shiftKey: true });
    expect(document.activeElement).toBe(last);
    await press(last ?? box, 'Tab');
    expect(document.activeElement).toBe(first);
  });

  it('is below the field, above it where only that has room, and within the window', async () => {
    const height = vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(200);
    const width = vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(300);
    const room = vi.spyOn(document.documentElement, 'clientWidth', 'get').mockReturnValue(1000);
    const placed = async (left: number, top: number) => {
      await show(input('model', 'COMBO', { choices }), 'knot');
      const field = find('#w');
      field.getBoundingClientRect = () => new DOMRect(left, top, 200, 20);
      await open(field);
      const { style } = find('[role="dialog"]');
      await act(async () => closePopup());
      return [style.left, style.top, style.bottom, style.maxHeight];
    };
    // The window is 360 high.
    expect(await placed(100, 40)).toEqual(['100px', '64px', 'auto', '288px']);
    expect(await placed(900, 300)).toEqual(['692px', 'auto', '64px', '288px']);
    expect(await placed(-50, 130)).toEqual(['8px', '154px', 'auto', '198px']);
    for (const each of [height, width, room]) each.mockRestore();
  });
});

describe('MultiSelect', () => {
  it('adds and takes away', async () => {
    await show(input('tags', 'COMBO', { choices: ['a', 'b'], options: { multiselect: true } }), ['a']);
    expect(find('#w').textContent).toContain('a');
    await open(find('#w'));
    expect(find('[aria-label="Filter tags"]')).toBeTruthy();
  });

  it('all of what the filter leaves, or none of it', async () => {
    const tags = {
      choices: ['red fox', 'dog', 'red cat'],
      options: { multi_select: { placeholder: 'Pick', chip: true } },
    };
    await show(input('tags', 'COMBO', tags), ['dog']);
    expect(find('#w').querySelectorAll('[class*="chip"] [class*="chip"]')).toHaveLength(1);
    await open(find('#w'));
    await type(find<HTMLInputElement>('[aria-label="Filter tags"]'), 'red');
    const button = (text: string) =>
      [...document.querySelectorAll('button')].find((each) => each.textContent === text);
    await click(button('All') ?? box);
    expect(value).toEqual(['dog', 'red fox', 'red cat']);
    await click(button('None') ?? box);
    expect(value).toEqual(['dog']);
  });

  it('says what it is for while nothing is chosen', async () => {
    await show(
      input('tags', 'COMBO', { choices: ['a'], options: { multi_select: { placeholder: 'Pick' } } }),
      [],
    );
    expect(find('#w').textContent).toContain('Pick');
  });
});

describe('PromptText', () => {
  it('weighs the word at the caret', async () => {
    await show(input('text', 'STRING', { multiline: true, dynamic_prompts: true }), 'a red fox');
    const area = find<HTMLTextAreaElement>('textarea');
    area.setSelectionRange(3, 3);
    await press(area, 'ArrowUp', { ctrlKey: true });
    expect(value).toBe('a (red:1.05) fox');
  });
});

describe('Markdown', () => {
  it('shows no HTML of a note', async () => {
    const note = input('text', 'STRING', { multiline: true, options: { markdown: true } });
    await show(note, '# Hi\n<script>alert(1)</script> **bold**');
    expect(box.querySelector('script')).toBeNull();
    expect(box.querySelector('strong')?.textContent).toBe('bold');
    expect(box.textContent).toContain('<script>');
  });
});

describe('ImagePick', () => {
  it('uploads what is chosen, and takes its name', async () => {
    setWidgetHost({ upload: async (_file, name) => `up/${name}`, isFresh: (name) => name.startsWith('up/') });
    await show(
      input('image', 'COMBO', { choices: ['a.png'], choices_from: 'input', image_upload: true }),
      'a.png',
    );
    const picker = find<HTMLInputElement>('input[type="file"]');
    Object.defineProperty(picker, 'files', { value: [new File(['x'], 'fox.png', { type: 'image/png' })] });
    await act(async () => void picker.dispatchEvent(new Event('change', { bubbles: true })));
    expect(value).toBe('up/fox.png');
    expect(find('#w').getAttribute('aria-invalid')).toBe('false');
  });

  it('takes a picture from the gallery, by its plain name where the list has that', async () => {
    let picked: string | null = 'b.png [output]';
    setWidgetHost({ canPick: () => true, pick: async () => picked });
    const image = { choices: ['a.png'], choices_from: 'input', image_upload: true };
    await show(input('image', 'COMBO', image), 'a.png');
    const button = () => find('[aria-label="Choose a picture from the gallery for image"]');
    await click(button());
    expect([value, settled.mock.calls.length]).toEqual(['b.png [output]', 1]);
    expect(find('#w').getAttribute('aria-invalid')).toBe('false');
    picked = 'a.png [input]';
    await click(button());
    expect(value).toBe('a.png');
    picked = null;
    await click(button());
    expect(value).toBe('a.png');
    setWidgetHost({ canPick: () => false });
  });
});

describe('lists that the server is asked for', () => {
  const remote = (more: object = {}) =>
    input('file', 'COMBO', {
      choices: [],
      options: { remote: { route: '/pack/files', refresh_button: true, max_retries: 0, ...more } },
    });

  beforeEach(forgetLists);

  it('are asked for once, and chosen from', async () => {
    const getJson = vi.fn(async () => ['a', 'b']);
    setWidgetHost({ getJson });
    await show(remote(), 'a');
    await show(remote(), 'a');
    expect(getJson).toHaveBeenCalledTimes(1);
    expect(find('#w').getAttribute('aria-invalid')).toBe('false');
    await press(find('#w'), 'ArrowDown');
    expect(value).toBe('b');
  });

  it('are asked for again by the button, which takes the last one where it is told to', async () => {
    let answer: Json = { list: ['a', 'b'] };
    setWidgetHost({ getJson: async () => answer });
    await show(remote({ response_key: 'list', control_after_refresh: 'last' }), 'a');
    expect(value).toBe('a');
    answer = { list: ['a', 'b', 'c'] };
    await click(find('[aria-label="Ask again for the choices of file"]'));
    expect(value).toBe('c');
  });

  it('say in words why they did not come, keep the value, and are not asked for elsewhere', async () => {
    const getJson = vi.fn(async (): Promise<Json> => {
      throw new Error('There is no such pack.');
    });
    setWidgetHost({ getJson });
    await show(remote(), 'kept');
    expect(find('button[title]').title).toBe(
      'The list did not come from /pack/files: There is no such pack.',
    );
    expect([value, find('#w').getAttribute('aria-invalid')]).toEqual(['kept', 'false']);
    await show(remote({ route: 'https://elsewhere.example/list' }), 'kept');
    expect(getJson).toHaveBeenCalledTimes(1);
    expect(find('button[title]').title).toContain('https://elsewhere.example/list');
  });

  it('what is not in the list is marked, with what is near', async () => {
    setWidgetHost({ getJson: async () => ['models/fox.bin'] });
    await show(remote(), 'fox.bin');
    expect(find('#w').getAttribute('aria-invalid')).toBe('true');
    await open(find('#w'));
    expect(find('[role="alert"]').textContent).toContain('models/fox.bin');
  });
});
