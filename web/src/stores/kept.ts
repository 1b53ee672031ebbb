// What this browser keeps for the page, as JSON. Where it keeps nothing (storage is off, or full), all of it lasts as
// long as the page; what somebody else wrote there, or an older page, is taken as far as it makes sense.

/** What was kept under a key; null if nothing was, or nobody can read it. */
export function kept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** The words of a list that was kept. */
export function keptWords(key: string): readonly string[] {
  return listOf(key).filter((each) => typeof each === 'string');
}

/** The rows of a table that was kept; what the second column holds is not looked at. */
export function keptRows<T>(key: string): [string, T][] {
  return listOf(key).filter(
    (each): each is [string, T] => Array.isArray(each) && typeof each[0] === 'string',
  );
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // It lasts as long as the page.
  }
}

function listOf(key: string): readonly unknown[] {
  const list = kept(key);
  return Array.isArray(list) ? list : [];
}
