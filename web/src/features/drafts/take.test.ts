// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ListedDraft } from '../../api/types';
import { ownWindow } from '../../app/window';
import { openTab, tabs } from '../../stores/tabs';
import * as messages from '../../ui/Toast';
import { offerDrafts } from './offer';
import { discardDraft, listFree, takeDraft } from './take';

const DOCUMENT = '{"nodes":[{"id":1,"type":"S","widgets_values":[18446744073709551615]}],"links":[]}';
let asked: string[];
/** By method and address; null is refused with 404, 'broken' is no answer. */
let answers: Record<string, string | null>;

const listed = (id: string, more: Partial<ListedDraft> = {}): ListedDraft => ({
  ...{ id, name: `Draft ${id}`, file: null, base: null, window: null },
  ...{ saved_at: 1, size: 100, revision: 'r', is_open: false, ...more },
});

function answer(method: string, path: string): string | null | undefined {
  const known = Object.entries(answers).find(([key]) => new RegExp(`^${key}$`).test(`${method} ${path}`));
  return known?.[1];
}

const has = (...drafts: ListedDraft[]) => {
  answers['GET /api/v1/drafts'] = JSON.stringify({ drafts });
};

beforeEach(() => {
  asked = [];
  answers = {
    'POST /api/v1/drafts/.*/take': '{}',
    'GET /api/v1/drafts/.+': `{"document":${DOCUMENT},"name":"Mine","file":"a.json","base":"r1","window":"w"}`,
    '(DELETE|PUT) /api/v1/drafts/.+': '{}',
  };
  localStorage.clear();
  tabs.setState({ tabs: [], active: null, closed: [] });
  vi.stubGlobal('fetch', async (url: string, { method, body }: RequestInit) => {
    const { pathname } = new URL(url);
    asked.push(`${method} ${pathname}${typeof body === 'string' ? ` ${body}` : ''}`);
    const found = answer(method ?? 'GET', pathname);
    if (found === 'broken') throw new TypeError('no answer');
    return new Response(found ?? '{}', { status: found == null ? 404 : 200 });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('lists what is open nowhere', async () => {
  openTab({ nodes: [], links: [] }, { id: 'mine', name: 'here' });
  const own = await ownWindow;
  has(
    listed('mine', { window: own, is_open: true }),
    listed('lost', { window: own, is_open: true }),
    listed('phone', { window: 'p', is_open: true }),
    listed('gone', { window: 'g' }),
    listed('old'),
  );
  expect((await listFree()).map(({ id }) => id)).toEqual(['lost', 'gone', 'old']);
});

it('takes a draft over before it opens it, so that no second one comes of it', async () => {
  const id = await takeDraft(listed('a'));
  const [tab] = tabs.getState().tabs;
  expect(tab).toMatchObject({ id, name: 'Mine', path: 'a.json', revision: 'r1', isDirty: true });
  expect(tab?.doc.save()).toMatchObject({ nodes: [{ widgets_values: [18446744073709551615n] }] });
  const taken = JSON.stringify({ id, window: await ownWindow });
  expect(asked).toEqual([`POST /api/v1/drafts/a/take ${taken}`, `GET /api/v1/drafts/${id}`]);
});

it('opens nothing that another window was given, and loses nothing if it cannot be read', async () => {
  answers['POST /api/v1/drafts/.*/take'] = null;
  expect(await takeDraft(listed('a'))).toBeNull();
  answers['POST /api/v1/drafts/.*/take'] = '{}';
  answers['GET /api/v1/drafts/.+'] = 'broken';
  await expect(takeDraft(listed('a'))).rejects.toThrow();
  expect(tabs.getState().tabs).toEqual([]);
  expect(asked.filter((each) => each.startsWith('DELETE'))).toEqual([]);
});

it('discards a draft only when it has what brings it back', async () => {
  const back = await discardDraft(listed('a'));
  expect(asked).toEqual(['GET /api/v1/drafts/a', 'DELETE /api/v1/drafts/a']);
  await back();
  expect(asked[2]).toContain(`PUT /api/v1/drafts/a {"document":${DOCUMENT},"name":"Mine","file":"a.json"`);
  answers['GET /api/v1/drafts/.+'] = 'broken';
  asked = [];
  await expect(discardDraft(listed('a'))).rejects.toThrow();
  expect(asked).toEqual(['GET /api/v1/drafts/a']);
});

it('tells of drafts once they are others than those that the message was closed for', async () => {
  const said = vi.spyOn(messages, 'toast').mockReturnValue(() => {});
  has();
  await offerDrafts();
  expect(said).not.toHaveBeenCalled();
  has(...['a', 'b', 'c', 'd', 'e'].map((id) => listed(id)));
  await offerDrafts();
  expect(said.mock.lastCall?.[0]).toMatchObject({
    title: '5 drafts on the server, not saved',
    text: 'Draft a, Draft b, Draft c and 2 more',
  });
  // Not closed, but passed by: told again.
  await offerDrafts();
  expect(said).toHaveBeenCalledTimes(2);
  said.mock.lastCall?.[0].onClose?.();
  has(listed('b'), listed('c'));
  await offerDrafts();
  expect(said).toHaveBeenCalledTimes(2);
  has(listed('b'), listed('f'));
  await offerDrafts();
  expect(said).toHaveBeenCalledTimes(3);
});
