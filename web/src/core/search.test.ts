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

  it('is quick with 5,000 types', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      ...nodeType(`Pack${index % 97}NodeOfKind${index}`, []),
      display_name: `Pack ${index % 97} Node Of Kind ${index}`,
      description: 'Does something with a latent image, and then something else that takes a while to say.',
      category: `pack${index % 97}/things`,
    }));
    const search = new NodeSearch(many);
    search.find('warm up', {}, new Map());
    // Milliseconds of the processor, not of the clock: the machine may be busy with other things.
    const times = ['k', 'kind 49', 'latent pack', 'nodkin', 'kind 49', 'latent pack'].map((query) => {
      const start = process.cpuUsage();
      search.find(query, {}, new Map());
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(times.sort((one, other) => one - other)[2]).toBeLessThan(30);
  });
});
