// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';
import { lazily, loadRest } from './lazily';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

it('loads a part when it is wanted, and the rest when there is time', async () => {
  const load = vi.fn(async () => () => <p>here</p>);
  let isWanted = false;
  const Part = lazily(load, () => isWanted);
  const other = vi.fn(() => Promise.reject(new Error('offline')));
  lazily(other);
  const third = vi.fn(async () => () => null);
  lazily(third);
  const host = document.createElement('div');
  const root = createRoot(host);
  await act(async () => root.render(<Part />));
  expect(load).not.toHaveBeenCalled();
  isWanted = true;
  await act(async () => root.render(<Part key="again" />));
  expect(host.textContent).toBe('here');
  expect(load).toHaveBeenCalledOnce();
  loadRest();
  await vi.waitFor(() => expect(third).toHaveBeenCalled());
  expect(other).toHaveBeenCalledOnce();
  root.unmount();
});
