// Ids for what is made here and has none yet.

/** A UUID of version 4, as definitions of subgraphs have; `random` gives numbers from 0 to 1. */
export function uuid(random: () => number = Math.random): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(random() * 16).toString(16));
}
