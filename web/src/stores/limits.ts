// How much the server takes, which it tells: asked for at the start, and whenever it is there again.

import { call } from '../api/call';
import { takeLimits } from '../core/limits';

/** While it does not answer, what was known before counts. */
export async function loadLimits(): Promise<void> {
  const { limits } = await call('GET /api/v1/health');
  takeLimits({ letters: limits.json_bytes, levels: limits.json_depth, file: limits.upload_bytes });
}
