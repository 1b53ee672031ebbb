import { afterEach, describe, expect, it } from 'vitest';
import { en, type TextKey } from './en';
import { translate } from './pseudo';
import { setTranslation, t } from './t';

afterEach(() => setTranslation((text) => text));

describe('t', () => {
  it('fills in values and chooses between one and many', () => {
    expect(t('workflows.saved', { name: 'a.json' })).toBe('Saved as a.json');
    expect(t('queue.clearTitle', { count: 1 })).toBe('Cancel the run that waits?');
    expect(t('queue.clearTitle', { count: 3 })).toBe('Cancel all 3 runs that wait?');
  });
});

describe('the pseudo-locale', () => {
  it('keeps what is filled in and what is chosen', () => {
    setTranslation(translate);
    expect(t('workflows.saved', { name: 'case.json' })).toBe('⟦Šáàvéèd áàš case.json⟧');
    expect(t('queue.clearTitle', { count: 1 })).toMatch(/^⟦Çáàñçéèl t.* wáàíìtš\?⟧$/);
    expect(t('queue.clearTitle', { count: 3 })).toMatch(/^⟦Çáàñçéèl áàll 3 rúùñš .*\?⟧$/);
  });

  it('leaves no hole open and no letter plain in any text', () => {
    setTranslation(translate);
    for (const key of Object.keys(en) as TextKey[]) {
      const values = Object.fromEntries([...en[key].matchAll(/\{(\w+)/g)].map(([, name]) => [name, 7]));
      const text = t(key, values);
      expect(text, key).not.toMatch(/[{}|]/);
      expect(text, key).not.toMatch(/[aeiou]/);
      expect(text.length, key).toBeGreaterThan(2);
    }
  });
});
