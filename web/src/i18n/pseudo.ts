// No language: every text a third longer, with accents, between brackets. Whoever sees it finds what is cut off, and
// what does not come from the catalogue. Shown where `localStorage['skein.locale']` is `pseudo`.

const ACCENTS: Readonly<Record<string, string>> = {
  ...{ a: 'áà', e: 'éè', i: 'íì', o: 'óò', u: 'úù', y: 'ýỳ' },
  ...{ A: 'ÁÀ', E: 'ÉÈ', I: 'ÍÌ', O: 'ÓÒ', U: 'ÚÙ', c: 'ç', n: 'ñ', s: 'š', z: 'ž', S: 'Š', C: 'Ç' },
};

/** `{name}`, or `{count|one|many}`, or anything else. */
const PARTS = /\{(\w+)\|([^|{}]*)\|((?:[^{}]|\{\w+\})*)\}|(\{\w+\})|([^{]+|\{)/g;

function stretch(text: string): string {
  return text.replace(PARTS, (_whole, name?: string, one = '', many = '', hole?: string, words = '') =>
    name !== undefined
      ? `{${name}|${stretch(one)}|${stretch(many)}}`
      : (hole ?? words.replace(/[a-zA-Z]/g, (letter: string) => ACCENTS[letter] ?? letter)),
  );
}

export function translate(text: string): string {
  return text.trim() === '' ? text : `⟦${stretch(text)}⟧`;
}
