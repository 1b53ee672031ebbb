import { expect, it } from 'vitest';
import type { AssetView } from '../../api/types';
import { counterpart } from './verify';

const asset = (id: string, node_id: string, index: number, key = 'images'): AssetView => ({
  ...{ id, node_id, index, key, job_id: 'j', filename: id, subfolder: '', kind: 'output' as const },
  ...{ media_type: 'image/png', created_at: 0, url: '' },
});

it('finds the picture of the same node and place in another run', () => {
  const others = [asset('a', '7', 0), asset('b', '7', 1), asset('c', '9', 1), asset('d', '9', 1, 'audio')];
  expect(counterpart(asset('x', '9', 1), others)?.id).toBe('c');
  expect(counterpart(asset('x', '8', 0), others)).toBeNull();
});
