import { describe, expect, it } from 'vitest';
import { input } from '../../test/builders';
import type { Json } from '../core/json';
import { choicesIn, remoteOf } from './remoteSpec';

const HERE = 'http://127.0.0.1:8188';
const given = (remote: Json) => remoteOf(input('file', 'COMBO', { choices: [], options: { remote } }), HERE);

describe('a list that is asked for', () => {
  it('says where, for how long, and how often', () => {
    expect(
      given({
        ...{ route: '/pack/files', response_key: 'files', refresh_button: true, refresh: 5000 },
        ...{ control_after_refresh: 'last', timeout: 200, max_retries: 1, query_params: { kind: 'a b' } },
      }),
    ).toEqual({
      ...{
        path: '/pack/files?kind=a+b',
        route: '/pack/files',
        key: 'files',
        hasButton: true,
        chooses: 'last',
      },
      ...{ lasts: 5000, timeout: 200, retries: 1 },
    });
    expect(given({ route: '/a?b=1' })).toMatchObject({
      path: '/a?b=1',
      lasts: null,
      timeout: 10000,
      retries: 2,
    });
    expect(given({ route: '/a', max_retries: 1e9, timeout: 1e9 })).toMatchObject({
      retries: 5,
      timeout: 120000,
    });
  });

  it.each([
    'https://elsewhere.example/list',
    '//elsewhere.example/list',
    'javascript:alert(1)',
    'http://[',
    '\\\\else.example\\x',
  ])('comes from our own server alone, not from %s', (route) => expect(given({ route })?.path).toBeNull());

  it('is none without a route', () => {
    expect([given({}), given('x'), given({ route: 7 }), remoteOf(null, HERE)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('is found in the answer', () => {
    expect(choicesIn(['a', 1, null, { x: 1 }, 'b'], '')).toEqual(['a', 1, 'b']);
    expect(choicesIn({ files: ['a'] }, 'files')).toEqual(['a']);
    expect([choicesIn({ files: 'a' }, 'files'), choicesIn('a', ''), choicesIn(null, 'x')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
