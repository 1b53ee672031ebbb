// How well a few letters fit a title: whole words before beginnings, beginnings before letters in order. 0 is not at all.

/** From here on it is what was asked for; below, its letters are merely in it. */
export const MEANT = 4;

/** How well letters fit a command: by its title, by what others call it, or at least by its group. */
export function rate(query: string, title: string, words: string, group: string): number {
  const other = words === '' || query.trim() === '' ? 0 : score(query, words);
  return Math.max(
    score(query, title),
    other < MEANT ? 0 : Math.max(MEANT, other * 0.7),
    score(query, group) / 4,
  );
}

export function score(query: string, title: string): number {
  const [wanted, words] = [query.trim().toLowerCase(), title.toLowerCase()];
  if (wanted === '') return 1;
  if (words === wanted) return 10;
  if (words.startsWith(wanted)) return 8;
  const parts = wanted.split(/\s+/);
  if (parts.every((part) => words.split(/[\s/]+/).some((word) => word.startsWith(part)))) return 6;
  if (parts.every((part) => words.includes(part))) return 4;
  let at = 0;
  let gaps = 0;
  for (const letter of wanted.replace(/\s+/g, '')) {
    const next = words.indexOf(letter, at);
    if (next < 0) return 0;
    gaps += next - at;
    at = next + 1;
  }
  return Math.max(0.1, 2 - gaps / 10);
}
