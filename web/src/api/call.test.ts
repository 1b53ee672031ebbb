import { afterEach, expect, it, vi } from 'vitest';
import { call } from './call';
import { ApiError } from './client';

function answer(body: string, status = 200) {
  const asked = vi.fn(async (_url: string, _options: RequestInit) => new Response(body, { status }));
  vi.stubGlobal('fetch', asked);
  vi.stubGlobal('location', { origin: 'http://here' });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it('fills in the path, and leaves out what is not given', async () => {
  const asked = answer('{"assets": [], "total": 0, "next_offset": null}');
  const query = { job_id: 'a/b', kind: null, node_id: undefined, limit: 3 };
  expect(await call('GET /api/v1/assets', { query })).toEqual({ assets: [], total: 0, next_offset: null });
  expect(asked.mock.lastCall?.[0]).toBe('http://here/api/v1/assets?job_id=a%2Fb&limit=3');
  await call('GET /api/v1/assets/{asset_id}', { path: { asset_id: 'x/y.png' } });
  expect(asked.mock.lastCall?.[0]).toBe('http://here/api/v1/assets/x%2Fy.png');
});

it('sends records as JSON, integers exactly', async () => {
  const asked = answer('{}');
  await call('POST /api/v1/jobs', { body: { workflow: { seed: 2n ** 60n } } });
  const options = asked.mock.lastCall?.[1];
  expect(options).toMatchObject({ method: 'POST', body: '{"workflow":{"seed":1152921504606846976}}' });
  await call('POST /api/v1/queue/pause');
  expect(asked.mock.lastCall?.[1].body).toBeUndefined();
});

it('checks what is asked and what comes back', async () => {
  answer('{"paused": true}');
  const state = await call('POST /api/v1/queue/pause');
  expect(state.paused satisfies boolean).toBe(true);
  // @ts-expect-error: there is no such field
  expect(state.stopped).toBeUndefined();
  // @ts-expect-error: the path is missing
  await call('GET /api/v1/jobs/{job_id}', {});
  // @ts-expect-error: no such kind
  await call('GET /api/v1/assets', { query: { kind: 'picture' } });
});

it('throws what the server says', async () => {
  answer('{"error": {"type": "job_not_found", "message": "There is no job."}, "node_errors": {}}', 404);
  const refused = call('GET /api/v1/jobs/{job_id}', { path: { job_id: 'x' } });
  await expect(refused).rejects.toMatchObject({
    status: 404,
    type: 'job_not_found',
    message: 'There is no job.',
  });
  await expect(refused).rejects.toBeInstanceOf(ApiError);
});
