import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runs } from '../../stores/runs';
import { gaugesOf, serverLoad, watchLoad } from './load';

const load = { cpu_percent: 25, cpu_cores: 4, memory_bytes: 100, used_bytes: 50, devices: [] };

it('has a meter for the processor, for memory, and for each device', () => {
  const devices = [
    { name: 'a', memory_bytes: 10, used_bytes: 12 },
    { name: 'b', memory_bytes: 0, used_bytes: 0 },
  ];
  expect(gaugesOf({ ...load, devices })).toEqual([
    { id: 'cpu', part: 0.25, mayRunOut: false },
    { id: 'ram', part: 0.5, mayRunOut: true },
    { id: 'vram0', part: 1, mayRunOut: true },
    { id: 'vram1', part: 0, mayRunOut: true },
  ]);
  expect(gaugesOf({ ...load, cpu_percent: null }).map(({ id }) => id)).toEqual(['ram']);
});

describe('watching', () => {
  let seen = 'visible';
  let whenSeen = () => {};
  const fetched = vi.fn(async () => new Response(JSON.stringify(load)));

  beforeEach(() => {
    vi.useFakeTimers();
    fetched.mockClear();
    seen = 'visible';
    vi.stubGlobal('fetch', fetched);
    vi.stubGlobal('location', { origin: 'http://here' });
    vi.stubGlobal('document', {
      get visibilityState() {
        return seen;
      },
      addEventListener: (_name: string, listener: () => void) => {
        whenSeen = listener;
      },
      removeEventListener: () => {},
    });
    runs.setState({ connection: 'open' });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks every two seconds, not while nobody can see it, and at once when somebody looks again', async () => {
    const stop = watchLoad();
    await vi.advanceTimersByTimeAsync(4500);
    expect(fetched).toHaveBeenCalledTimes(3);
    expect(serverLoad.getState().load).toEqual(load);
    seen = 'hidden';
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetched).toHaveBeenCalledTimes(3);
    seen = 'visible';
    whenSeen();
    await vi.advanceTimersByTimeAsync(100);
    expect(fetched).toHaveBeenCalledTimes(4);
    stop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetched).toHaveBeenCalledTimes(4);
  });

  it('asks nothing of a server that is away', async () => {
    runs.setState({ connection: 'offline' });
    const stop = watchLoad();
    await vi.advanceTimersByTimeAsync(5000);
    expect(fetched).not.toHaveBeenCalled();
    expect(serverLoad.getState().load).toBeNull();
    stop();
  });
});
