// Numbers as people type, drag and read them; integers stay exact however long they are.

import type { InputType } from './catalog';

export type Numeric = number | bigint;

/** A `bigint` only where a number would not be exact. */
export function compact(value: bigint): Numeric {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function toBig(value: Numeric): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.round(value));
}

const TOKEN = /\s*(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|\*\*|[-+*/%^()])/gy;

/** The value of an arithmetic expression (`1024*1.5`, `2^32-1`); null if it is none. Whole numbers are exact. */
export function evaluate(text: string): Numeric | null {
  const tokens: string[] = [];
  const source = text.trim().toLowerCase().replaceAll('×', '*').replaceAll(',', '.');
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const found = TOKEN.exec(source);
    if (found?.[1] === undefined) return null;
    tokens.push(found[1]);
  }
  if (tokens.length === 0 || tokens.length > 200) return null;
  const parser = new Parser(tokens);
  const value = parser.sum();
  if (value === null || !parser.isAtEnd) return null;
  if (typeof value === 'bigint') return compact(value);
  return Number.isFinite(value) ? value : null;
}

class Parser {
  #at = 0;
  readonly #tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }

  sum(): Numeric | null {
    let value = this.#product();
    for (let sign = this.#take('+', '-'); sign !== null; sign = this.#take('+', '-')) {
      value = apply(sign, value, this.#product());
    }
    return value;
  }

  #product(): Numeric | null {
    let value = this.#power();
    for (let sign = this.#take('*', '/', '%'); sign !== null; sign = this.#take('*', '/', '%')) {
      value = apply(sign, value, this.#power());
    }
    return value;
  }

  #power(): Numeric | null {
    const base = this.#signed();
    return this.#take('^', '**') === null ? base : apply('^', base, this.#power());
  }

  #signed(): Numeric | null {
    if (this.#take('-') !== null) return apply('-', 0n, this.#signed());
    if (this.#take('+') !== null) return this.#signed();
    if (this.#take('(') !== null) {
      const value = this.sum();
      return this.#take(')') === null ? null : value;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || !/^[\d.]/.test(token)) return null;
    this.#at += 1;
    return /^\d+$/.test(token) ? BigInt(token) : Number(token);
  }
}

function apply(sign: string, one: Numeric | null, other: Numeric | null): Numeric | null {
  if (one === null || other === null) return null;
  if (typeof one === 'bigint' && typeof other === 'bigint') {
    if (sign === '+') return one + other;
    if (sign === '-') return one - other;
    if (sign === '*') return one * other;
    if (sign === '%' && other !== 0n) return one % other;
    if (sign === '/' && other !== 0n && one % other === 0n) return one / other;
    if (sign === '^' && other >= 0n && other <= 128n) return one ** other;
  }
  const [a, b] = [Number(one), Number(other)];
  if (sign === '+') return a + b;
  if (sign === '-') return a - b;
  if (sign === '*') return a * b;
  if (sign === '/') return a / b;
  return sign === '%' ? a % b : a ** b;
}

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Whether a text can be read as a number. */
export function readsAsNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** How far one step goes. */
export function stepOf(input: InputType | null): number {
  if (input?.step != null && input.step > 0) return input.step;
  if (input?.type !== 'FLOAT') return 1;
  return typeof input.round === 'number' && input.round > 0 ? Math.max(input.round, 0.01) : 0.1;
}

/** Decimals that are shown. */
export function digitsOf(input: InputType | null): number {
  if (input?.type !== 'FLOAT') return 0;
  const finest = typeof input.round === 'number' && input.round > 0 ? input.round : stepOf(input);
  return Math.min(8, Math.max(1, decimals(Math.min(finest, stepOf(input)))));
}

function decimals(value: number): number {
  const text = value.toFixed(10).replace(/0+$/, '');
  return text.length - 1 - text.indexOf('.');
}

/** A value within the input's range, and as exact as the input takes it. */
export function fitted(value: Numeric, input: InputType | null): Numeric {
  const { min, max } = input ?? { min: null, max: null };
  if (input?.type === 'INT') {
    let whole = toBig(value);
    if (min !== null && whole < toBig(min)) whole = toBig(min);
    if (max !== null && whole > toBig(max)) whole = toBig(max);
    return compact(whole);
  }
  let number = Number(value);
  const round = input?.round;
  if (typeof round === 'number' && round > 0)
    number = Number((Math.round(number / round) * round).toFixed(Math.min(12, decimals(round))));
  if (min !== null) number = Math.max(Number(min), number);
  if (max !== null) number = Math.min(Number(max), number);
  return number;
}

/** Some steps up or down. */
export function stepped(value: Numeric, steps: number, input: InputType | null): Numeric {
  const step = stepOf(input);
  if (input?.type === 'INT') {
    const by = BigInt(Math.round(steps * step)) || BigInt(Math.sign(steps));
    return fitted(toBig(value) + by, input);
  }
  const next = Number(value) + steps * step;
  return fitted(Number(next.toFixed(Math.max(digitsOf(input), decimals(Math.abs(steps * step)) + 1))), input);
}

/** As it is shown: with the decimals that its step has, or more if the value has more. */
export function numberText(value: Numeric, input: InputType | null): string {
  if (typeof value === 'bigint') return value.toString();
  const digits = digitsOf(input);
  if (digits === 0) return String(value);
  const fixed = value.toFixed(digits);
  const text = Number(fixed) === value ? fixed : String(Number(value.toFixed(6)));
  return text.includes('.') ? text.replace(/(\.\d+?)0+$/, '$1') : text;
}

/** Where a value stands between least and most, from 0 to 1; null where there are no ends. */
export function shareOf(value: Numeric, input: InputType | null): number | null {
  if (input?.min == null || input.max === null) return null;
  const [least, most] = [Number(input.min), Number(input.max)];
  return most > least ? Math.min(1, Math.max(0, (Number(value) - least) / (most - least))) : null;
}
