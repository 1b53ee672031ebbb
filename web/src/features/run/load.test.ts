import { expect, it } from 'vitest';
import { gaugesOf } from './load';

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
