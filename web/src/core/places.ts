// The place of each key in a map, kept while keys go: asking and removing cost the logarithm of their number. Keys that
// come stand at the end, as they do in a `Map`; one that comes elsewhere makes the rest be counted anew.

export class Places {
  readonly #slots = new Map<string, number>();
  /** How many keys are left, as a tree of sums over the slots (after P. Fenwick, 1994); slot numbers begin at 1. */
  #sums: number[] = [0];

  constructor(keys: Iterable<string>) {
    for (const key of keys) {
      this.#slots.set(key, this.#slots.size + 1);
      this.#sums.push(1);
    }
    for (let slot = 1; slot < this.#sums.length; slot += 1) {
      const parent = slot + (slot & -slot);
      if (parent < this.#sums.length)
        this.#sums[parent] = (this.#sums[parent] ?? 0) + (this.#sums[slot] ?? 0);
    }
  }

  /** -1 if it is not there. */
  of(key: string): number {
    const slot = this.#slots.get(key);
    return slot === undefined ? -1 : this.#before(slot) - 1;
  }

  /** A key that was not there stands at the end now. */
  append(key: string): void {
    const slot = this.#sums.length;
    // What the new slot sums up: itself, and the slots below it that no other sum of its chain covers.
    this.#sums.push(1 + this.#before(slot - 1) - this.#before(slot - (slot & -slot)));
    this.#slots.set(key, slot);
  }

  remove(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    for (let at = slot; at < this.#sums.length; at += at & -at) this.#sums[at] = (this.#sums[at] ?? 0) - 1;
  }

  /** How many keys are left in the slots up to this one. */
  #before(slot: number): number {
    let count = 0;
    for (let at = slot; at > 0; at -= at & -at) count += this.#sums[at] ?? 0;
    return count;
  }
}
