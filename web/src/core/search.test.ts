import { describe, expect, it } from 'vitest';
import { input, nodeType } from '../../test/builders';
import { NodeSearch } from './search';

const named = (name: string, display: string, more = {}) => ({
  ...nodeType(name, []),
  display_name: display,
  ...more,
});

const TYPES = [
  named('KSampler', 'KSampler'),
  named('KSamplerAdvanced', 'KSampler (Advanced)'),
  named('EmptyLatentImage', 'Empty Latent Image'),
  named('SDXLEmptyLatentSizePicker+', 'SDXL Empty Latent Size Picker'),
  named('EmptySDXLThing', 'Thing (SDXL)'),
  named('LatentUpscale', 'Upscale Latent'),
  named('SDXLPromptStyler', 'SDXL Prompt Styler'),
  named('CLIPTextEncode', 'CLIP Text Encode (Prompt)'),
  named('CLIPTextEncodeSDXL', 'CLIPTextEncodeSDXL'),
  named('OldSampler', 'KSampler Old', { deprecated: true }),
];

const names = (query: string, uses = new Map<string, number>()) =>
  new NodeSearch(TYPES).find(query, {}, uses).map((type) => type.display_name);

describe('NodeSearch', () => {
  it('finds by beginnings of words, in any order', () => {
    expect(names('sdxl laten').slice(0, 3)).toContain('SDXL Empty Latent Size Picker');
    expect(names('latent sdxl')[0]).toBe('SDXL Empty Latent Size Picker');
    expect(names('ksampler')[0]).toBe('KSampler');
    expect(names('text enc')[0]).toBe('CLIP Text Encode (Prompt)');
  });

  it('finds by letters of words, and nothing where a word is missing', () => {
    expect(names('ksam adv')[0]).toBe('KSampler (Advanced)');
    expect(names('eli')).toContain('Empty Latent Image');
    expect(names('sdxl zzz')).toEqual([]);
  });

  it('puts what is used before what is not, and deprecated types last', () => {
    expect(names('latent')[0]).toBe('Upscale Latent');
    expect(names('latent', new Map([['EmptyLatentImage', 40]]))[0]).toBe('Empty Latent Image');
    expect(names('ksampler').at(-1)).toBe('KSampler Old');
  });

  it('begins with what workflows are made of where nothing is typed, and with what is used', () => {
    const all = new NodeSearch(
      ['AdaptiveGuidance', 'KSampler'].map((name) => nodeType(name, [input('model', 'MODEL')], ['MODEL'])),
    );
    const first = (takes: string, uses = new Map<string, number>()) => all.find('', { takes }, uses)[0]?.type;
    expect(first('MODEL')).toBe('KSampler');
    expect(first('MODEL', new Map([['AdaptiveGuidance', 3]]))).toBe('AdaptiveGuidance');
  });

  it('gives the first of all, however few are asked for', () => {
    const many = Array.from({ length: 40 }, (_none, index) =>
      named(`Latent${index % 7}_${index}`, `Latent ${index % 5}`),
    );
    const search = new NodeSearch([...many, ...TYPES]);
    for (const query of ['', 'l', 'latent', 'lat 3', 'ksam', 'zz']) {
      const all = search.find(query, {}, new Map([['Latent3_3', 9]]), Number.POSITIVE_INFINITY);
      for (const most of [0, 1, 5, 39, 100])
        expect(search.find(query, {}, new Map([['Latent3_3', 9]]), most)).toEqual(all.slice(0, most));
    }
  });

  it('leaves only what a link fits, the exact type first', () => {
    const types = [
      nodeType('Any', [input('x', '*')], ['*']),
      nodeType('Decode', [input('samples', 'LATENT'), input('vae', 'VAE')], ['IMAGE']),
      nodeType('Text', [input('text', 'STRING')], ['CONDITIONING']),
    ];
    const search = new NodeSearch(types);
    expect(search.find('', { takes: 'LATENT' }, new Map()).map((type) => type.type)).toEqual([
      'Decode',
      'Any',
    ]);
    expect(search.find('', { gives: 'IMAGE' }, new Map()).map((type) => type.type)).toEqual([
      'Decode',
      'Any',
    ]);
    expect(search.find('', { takes: '*' }, new Map()).map((type) => type.type)).not.toContain('Text');
  });
});
