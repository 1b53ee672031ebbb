// The part of Markdown that notes use, as a tree. No HTML is taken over: what looks like a tag is text.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'quote'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'rule' };

const MOST = 100_000;

export function parseMarkdown(text: string): Block[] {
  const lines = text.slice(0, MOST).replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (matches: (line: string) => boolean): string[] => {
    const start = at;
    while (at < lines.length && matches(lines[at] ?? '')) at += 1;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.trim() === '') {
      at += 1;
    } else if (/^\s*```/.test(line)) {
      at += 1;
      const code = take((each) => !/^\s*```/.test(each));
      at += 1;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (heading !== null) {
      at += 1;
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, parts: parseInline(heading[2] ?? '') });
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      at += 1;
      blocks.push({ kind: 'rule' });
    } else if (LIST.test(line)) {
      const isOrdered = /^\s*\d/.test(line);
      const items = take((each) => LIST.test(each)).map((each) => parseInline(each.replace(LIST, '')));
      blocks.push({ kind: 'list', isOrdered, items });
    } else if (/^\s*>/.test(line)) {
      const quote = take((each) => /^\s*>/.test(each)).map((each) => each.replace(/^\s*>\s?/, ''));
      blocks.push({ kind: 'quote', parts: parseInline(quote.join('\n')) });
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      const rows = take((each) => /^\s*\|.*\|\s*$/.test(each)).filter((each) => !/^[\s|:-]+$/.test(each));
      blocks.push({ kind: 'table', rows: rows.map((row) => cellsOf(row).map(parseInline)) });
    } else {
      const words = take((each) => each.trim() !== '' && !BREAKS.test(each));
      if (words.length === 0) words.push(lines[at++] ?? '');
      blocks.push({ kind: 'paragraph', parts: parseInline(words.join('\n')) });
    }
  }
  return blocks;
}

const LIST = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/;
const BREAKS = /^(?:#{1,6}\s|\s*```|\s*>|\s*(?:[-*+]|\d{1,9}[.)])\s+|\s*\|.*\|\s*$)/;

function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

// Every span has an end within reach, so that no text takes longer than it is long.
const MARKS =
  /`([^`\n]{1,400})`|\*\*(?=\S)([^*\n]{1,400})\*\*|__(?=\S)([^_\n]{1,400})__|~~([^~\n]{1,400})~~|!?\[([^\]\n[]{0,400})\]\(([^)\s]{1,1000})[^)\n]{0,200}\)|\*(?=\S)([^*\n]{1,400})\*|(?<!\w)_(?=\S)([^_\n]{1,400})_(?!\w)|(https?:\/\/[^\s<>")\]]{1,1000})/g;

function parseInline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const addText = (to: number) => {
    if (to > from) parts.push({ kind: 'text', text: text.slice(from, to) });
  };
  if (depth > 4) return [{ kind: 'text', text }];
  for (const found of text.matchAll(MARKS)) {
    addText(found.index);
    from = found.index + found[0].length;
    const [, code, strong, strongToo, del, words, href, em, emToo, url] = found;
    const inner = (each: string) => parseInline(each, depth + 1);
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (strong !== undefined || strongToo !== undefined)
      parts.push({ kind: 'strong', parts: inner(strong ?? strongToo ?? '') });
    else if (del !== undefined) parts.push({ kind: 'del', parts: inner(del) });
    else if (em !== undefined || emToo !== undefined)
      parts.push({ kind: 'em', parts: inner(em ?? emToo ?? '') });
    else if (url !== undefined) parts.push({ kind: 'link', href: url, parts: [{ kind: 'text', text: url }] });
    else if (href !== undefined && isSafe(href))
      parts.push({ kind: 'link', href, parts: words ? inner(words) : [{ kind: 'text', text: href }] });
    else parts.push({ kind: 'text', text: found[0] });
  }
  addText(text.length);
  return parts;
}

/** Only pages of the web and mail; never scripts or data. */
function isSafe(href: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(href);
}
