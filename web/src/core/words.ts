// Numbers as people read them: sizes, times, and how long something took.

/** Bytes as disks are sold: `4.2 GB`. */
export function sizeInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

/** Day and time of what the server counts in seconds since 1970. */
export function when(time: number): string {
  return new Date(time * 1000).toLocaleString();
}

/** 3.2 s, 48 s, 2:05, 1:02:05. */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 60) return `${Math.round(value)} s`;
  return clock(value);
}

/** 2:05, 1:02:05. */
export function clock(value: number): string {
  const whole = Math.round(value);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
