import { describe, expect, it } from 'vitest';
import { chooseLanguage, LANGUAGES, loadTexts, nameOfLanguage } from './languages';

const THERE = ['en', 'de', 'zh-TW'];

describe('chooseLanguage', () => {
  it.each([
    ['de', ['en-US'], 'de'],
    ['system', ['fr', 'de-AT', 'en'], 'de'],
    ['system', ['zh-tw'], 'zh-TW'],
    ['system', ['zh-CN'], 'en'],
    // It was there once.
    ['fr', ['de'], 'de'],
    ['system', [], 'en'],
  ])('%s, where the browser prefers %j, is %s', (chosen, preferred, wanted) => {
    expect(chooseLanguage(chosen, preferred, THERE)).toBe(wanted);
  });
});

describe('languages', () => {
  it('are called by their own names', () => {
    expect(nameOfLanguage('de')).toBe('Deutsch');
    expect(nameOfLanguage('en')).toBe('English');
    expect(nameOfLanguage('not a code')).toBe('not a code');
  });

  it('begin with English, which needs no file', async () => {
    expect(LANGUAGES[0]).toBe('en');
    expect(await loadTexts('en')).toEqual({});
    expect(await loadTexts('../en')).toEqual({});
  });
});
