// Prompts, choices and Markdown.

import { describe, expect, it } from 'vitest';
import { choiceRows, choicesFrom, filterChoices, folderOf, meansChoice, nearestChoices } from './choices';
import { parseMarkdown } from './markdown';
import { bracketsAt, changeWeight } from './prompt';

describe('changeWeight', () => {
  it('weighs a word, more and less, and takes the brackets away at 1', () => {
    const once = changeWeight('a red fox', 4, 4, 0.05);
    expect(once.text).toBe('a (red:1.05) fox');
    expect(once.text.slice(once.start, once.end)).toBe('red');
    const twice = changeWeight(once.text, once.start, once.end, 0.05);
    expect(twice.text).toBe('a (red:1.1) fox');
    const back = changeWeight(twice.text, twice.start, twice.end, -0.1);
    expect(back.text).toBe('a red fox');
  });

  it('weighs a selection without the spaces around it', () => {
    expect(changeWeight('a red fox, day', 1, 10, 0.1).text).toBe('a (red fox,:1.1) day');
    expect(changeWeight('red fox', 0, 7, -0.1).text).toBe('(red fox:0.9)');
  });

  it('leaves nothing as nothing', () => {
    expect(changeWeight('', 0, 0, 0.1).text).toBe('');
  });
});

describe('bracketsAt', () => {
  it('finds the other half, over nested ones and past escaped ones', () => {
    expect(bracketsAt('(a (b) c)', 1)).toEqual({ at: 0, other: 8 });
    expect(bracketsAt('(a (b) c)', 9)).toEqual({ at: 8, other: 0 });
    expect(bracketsAt('(a \\) b', 1)).toEqual({ at: 0, other: -1 });
    expect(bracketsAt('abc', 1)).toBeNull();
  });
});

describe('choices', () => {
  const all = choicesFrom(['sd/sd15.safetensors', 'sd/xl/base.safetensors', 'tiny.safetensors']);

  it('stand in folders', () => {
    const closed = choiceRows(all, () => false);
    expect(closed.map((row) => row.name)).toEqual(['sd', 'tiny.safetensors']);
    const open = choiceRows(all, () => true);
    expect(open.map((row) => [row.name, row.depth])).toEqual([
      ['sd', 0],
      ['xl', 1],
      ['base.safetensors', 2],
      ['sd15.safetensors', 1],
      ['tiny.safetensors', 0],
    ]);
  });

  it('are filtered, and the nearest found', () => {
    expect(filterChoices(all, 'base').map((choice) => choice.text)).toEqual(['sd/xl/base.safetensors']);
    expect(nearestChoices('sd15.safetensors', all)[0]?.text).toBe('sd/sd15.safetensors');
    expect(nearestChoices('SD15-pruned.ckpt', all)[0]?.text).toBe('sd/sd15.safetensors');
    expect(nearestChoices('qqqq', all)).toEqual([]);
  });
});

describe('long lists', () => {
  const words = ['flux', 'SD15', 'xl', 'base', 'vae', 'ä', '', 'a.b', '.', 'ümlaut'];
  const ends = ['.safetensors', '.CKPT', '.jpeg', '.txt', ''];
  let seed = 7;
  const pick = (from: readonly string[]) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return from[seed % from.length] ?? '';
  };
  const random = () =>
    Array.from({ length: seed % 4 }, () => pick(words) + pick(['/', '\\'])).join('') +
    pick(words) +
    pick(words) +
    pick(ends);
  const values = Array.from({ length: 800 }, random);
  const all = choicesFrom(values);

  /** The same, written so that one sees it. */
  function plainNearest(value: string): string[] {
    const base = (text: string) =>
      (text.split(/[\\/]/).at(-1) ?? '')
        .replace(/\.(safetensors|ckpt|pt|pth|bin|gguf|png|jpe?g|webp)$/i, '')
        .toLowerCase();
    const pairs = (text: string) =>
      Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
    const score = (text: string) => {
      if (base(text) === base(value)) return 2;
      const [one, other] = [pairs(base(value)), pairs(base(text))];
      const total = one.length + other.length;
      const shared = other.filter((each) => one.includes(each) && one.splice(one.indexOf(each), 1)).length;
      return total === 0 ? 0 : (2 * shared) / total;
    };
    return values
      .map((text) => ({ text, score: score(text) }))
      .filter((each) => each.score > 0.3)
      .sort((a, b) => b.score - a.score)
      .slice(0, 3)
      .map(({ text }) => text);
  }

  it.each(['flux', 'sd15base.ckpt', 'a/b/xlvae.JPG', 'ä', 'x', '', 'basebase.b', 'ümlautflux'])(
    'the nearest to %j are those of the plain way',
    (value) => expect(nearestChoices(value, all).map(({ text }) => text)).toEqual(plainNearest(value)),
  );

  it('hold every choice once, in its folder, and count them', () => {
    const rows = choiceRows(all, () => true);
    const open: { path: string; left: number }[] = [];
    const found: string[] = [];
    for (const row of rows) {
      open.length = row.depth;
      if (row.kind === 'folder') {
        open.push({ path: row.path, left: row.count });
        continue;
      }
      found.push(row.choice.text);
      for (const folder of open) folder.left -= 1;
      const path = row.choice.text.split(/[\\/]/);
      expect(row.name).toBe(path.pop());
      expect(folderOf(row.choice.text)).toBe(path.join('/'));
      expect(row.depth).toBe(path.length);
    }
    expect(found.toSorted()).toEqual(values.toSorted());
    const top = choiceRows(all, () => false).flatMap((row) => (row.kind === 'folder' ? [row.count] : []));
    const inFolders = values.filter((each) => /[\\/]/.test(each)).length;
    expect(top.reduce((sum, each) => sum + each, 0)).toBe(inFolders);
  });

  it('are made once, and left as they are', () => {
    expect(choicesFrom(values)).toBe(all);
    expect(filterChoices(all, ' ')).toEqual(values.map((text) => ({ value: text, text })));
    choiceRows(all, () => false);
    expect(choiceRows(all, () => true)).toEqual(choiceRows(choicesFrom([...values]), () => true));
  });
});

describe('parseMarkdown', () => {
  it('knows what notes use', () => {
    const kinds = parseMarkdown(
      '# Title\n\ntext **bold** `code`\n\n- one\n- two\n\n```\nx < y\n```\n---\n> said\n',
    );
    expect(kinds.map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'code',
      'rule',
      'quote',
    ]);
  });

  it('takes over no HTML and no scripts', () => {
    const text = JSON.stringify(
      parseMarkdown('<img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://e.x/a.png)'),
    );
    expect(text).toContain('<img src=x onerror=alert(1)>');
    expect(text).not.toContain('"href":"javascript');
    expect(text).toContain('"href":"https://e.x/a.png"');
  });

  it('ends on hostile text', { timeout: 20_000 }, () => {
    parseMarkdown('*'.repeat(50_000));
    parseMarkdown('[['.repeat(20_000));
    parseMarkdown('_a '.repeat(20_000));
    parseMarkdown('|'.repeat(20_000));
  });
});

describe('meansChoice', () => {
  it.each([
    ['a', ['a'], true],
    ['8', [8, 16], true],
    [8, ['8'], true],
    ['sd\\base.ckpt', ['sd/base.ckpt'], true],
    ['base.ckpt', ['sd/base.ckpt'], false],
    ['sample_euler', ['euler'], true],
    ['sample_', [''], true],
    [null, ['null'], false],
    ['b', ['a'], false],
  ])('%j of %j: %s', (value, choices, wanted) => expect(meansChoice(value, choices)).toBe(wanted));
});
