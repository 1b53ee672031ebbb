// @vitest-environment happy-dom
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Guarded } from '../shell/Guarded';
import { later, lazily, loadRest } from './lazily';
import { ToastHost } from './Toast';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let host: HTMLElement;
let root: Root;
const Here = () => <p>here</p>;
const show = (part: ReactNode) => act(async () => root.render(part));

beforeEach(() => {
  host = document.createElement('div');
  root = createRoot(host);
});
afterEach(() => act(async () => root.unmount()));

describe('lazily', () => {
  it('loads a part when it is wanted, once, and shows it while it is', async () => {
    const load = vi.fn(async () => Here);
    let isWanted = false;
    const Part = lazily(load, () => isWanted);
    await show(<Part />);
    expect(load).not.toHaveBeenCalled();
    isWanted = true;
    await show(<Part key="again" />);
    expect(host.textContent).toBe('here');
    isWanted = false;
    await show(<Part key="gone" />);
    expect(host.textContent).toBe('');
    isWanted = true;
    await show(<Part key="back" />);
    expect(host.textContent).toBe('here');
    expect(load).toHaveBeenCalledOnce();
  });

  it('tells when it cannot be loaded, and tries again', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const load = vi.fn(async () => Here).mockRejectedValueOnce(new Error('offline'));
    const Part = lazily(load);
    await show(
      <Guarded>
        <Part />
      </Guarded>,
    );
    expect(host.textContent).toContain('offline');
    await act(async () => host.querySelector('button')?.click());
    expect(host.textContent).toBe('here');
  });

  it('says that a dialog cannot be loaded, and tries again when it is opened again', async () => {
    const load = vi.fn(async () => Here).mockRejectedValueOnce(new Error('offline'));
    let isWanted = true;
    const Part = lazily(load, () => isWanted);
    const page = () => (
      <>
        <Part />
        <ToastHost label="Messages" closeLabel="Close" />
      </>
    );
    await show(page());
    expect(host.textContent).toContain('offline');
    isWanted = false;
    await show(page());
    isWanted = true;
    await show(page());
    expect(host.textContent).toContain('here');
  });

  it('loads the rest when there is time, whatever fails, and shows it at once then', async () => {
    const failing = vi.fn(() => Promise.reject(new Error('offline')));
    const load = vi.fn(async () => Here);
    lazily(failing);
    const Part = lazily(load);
    loadRest();
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    expect(failing).toHaveBeenCalledOnce();
    await Promise.resolve();
    act(() => root.render(<Part />));
    expect(host.textContent).toBe('here');
  });
});

describe('later', () => {
  it('does at once what is there, and tells what cannot be loaded', async () => {
    const load = vi.fn(async () => ({ name: 'here' })).mockRejectedValueOnce(new Error('offline'));
    const part = later(load);
    const done: string[] = [];
    await show(<ToastHost label="Messages" closeLabel="Close" />);
    await act(() => part.run(({ name }) => void done.push(name)));
    expect(done).toEqual([]);
    expect(host.textContent).toContain('offline');
    expect((await part.get()).name).toBe('here');
    void part.run(({ name }) => void done.push(name));
    expect(done).toEqual(['here']);
    expect(load).toHaveBeenCalledTimes(2);
  });
});
