import { describe, expect, it } from 'vitest';
import { parseJson } from '../../core/json';
import { openTab } from '../../stores/tabs';
import { draftText, fitting, MOST_LEFT_BYTES, mayFit, packDraft } from './pack';

const large = (count: number) => ({
  nodes: Array.from({ length: count }, (_, id) => ({
    id,
    type: 'KSampler',
    pos: [id * 37, (id * 91) % 700],
    size: [270, 262],
    flags: {},
    order: id,
    mode: 0,
    inputs: ['model', 'positive', 'negative', 'latent_image'].map((name, index) => ({
      name,
      type: name.toUpperCase(),
      link: id * 4 + index,
    })),
    outputs: [{ name: 'LATENT', type: 'LATENT', links: [id] }],
    properties: { 'Node name for S&R': 'KSampler' },
    widgets_values: [id * 7919, 'randomize', 20, 8, 'euler', 'normal', 1],
  })),
  links: [],
  version: 0.4,
});

async function unpack(body: Blob): Promise<string> {
  return new Response(body.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

describe('packDraft', () => {
  it('holds what the server needs to know, exactly', async () => {
    const raw = parseJson(
      '{"nodes":[{"id":1,"type":"S","widgets_values":[18446744073709551615]}],"links":[]}',
    );
    const tab = openTab(raw as never, { name: 'Mine', path: 'a/b.json', revision: 'r1' });
    const { body, revision } = await packDraft(tab, 'w');
    expect(revision).toBe(tab.doc.revision);
    expect(body.type).toBe('application/gzip');
    expect(await unpack(body)).toBe(draftText(tab, 'w'));
    expect(draftText(tab, 'w')).toContain(
      '"document":{"nodes":[{"id":1,"type":"S","widgets_values":[18446744073709551615]}]',
    );
    expect(draftText(tab, 'w')).toContain('"file":"a/b.json","base":"r1","window":"w"');
  });

  it('lets a page with 1,000 nodes be sent while it is left', async () => {
    const { body } = await packDraft(openTab(large(1000), { name: 'large' }), 'w');
    expect(body.size).toBeLessThanOrEqual(MOST_LEFT_BYTES);
  });
});

describe('fitting', () => {
  it('skips what is too large and goes on with what is not', () => {
    const sizes = [30, 80, 50, 30].map((size) => ({ size }));
    expect(fitting(sizes, 100)).toEqual([{ size: 30 }, { size: 50 }]);
    expect(fitting(sizes, 0)).toEqual([]);
  });
});

it('is packed beforehand only where that may be of use', () => {
  expect([undefined, 500, MOST_LEFT_BYTES].map(mayFit)).toEqual([true, true, true]);
  expect(mayFit(20 * MOST_LEFT_BYTES)).toBe(false);
});
