import { describe, expect, it } from 'vitest';
import { readPreview } from './events';

function frame(kind: number, record: string, picture: string, length = record.length): ArrayBuffer {
  const text = new TextEncoder().encode(record + picture);
  const data = new Uint8Array(8 + text.length);
  const view = new DataView(data.buffer);
  view.setUint32(0, kind);
  view.setUint32(4, length);
  data.set(text, 8);
  return data.buffer;
}

const RECORD = JSON.stringify({
  node_id: '7:2',
  display_node_id: '7',
  prompt_id: 'job',
  image_type: 'image/png',
});

describe('readPreview', () => {
  it('reads what a picture is of', async () => {
    const preview = readPreview(frame(4, RECORD, 'bytes'));
    expect(preview).toMatchObject({ jobId: 'job', nodeId: '7:2', displayId: '7' });
    expect(await preview?.blob.text()).toBe('bytes');
    expect(preview?.blob.type).toBe('image/png');
  });

  it.each([
    ['another kind', frame(1, RECORD, '')],
    ['a length beyond the end', frame(4, RECORD, '', 9999)],
    ['no JSON', frame(4, '{', '')],
    ['nothing', new ArrayBuffer(3)],
  ])('passes over %s', (_what, data) => expect(readPreview(data)).toBeNull());
});
