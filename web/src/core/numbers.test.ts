import { describe, expect, it } from 'vitest';
import { input } from '../../test/builders';
import { evaluate, fitted, numberText, shareOf, stepped } from './numbers';

describe('evaluate', () => {
  it.each([
    ['512', 512],
    ['1024*1.5', 1536],
    ['2^10 + 8', 1032],
    ['(1+2)*3', 9],
    ['-4', -4],
    ['7/2', 3.5],
    ['8/2', 4],
    ['0,5', 0.5],
    ['1e3', 1000],
    ['10 % 4', 2],
    ['2**3', 8],
  ])('%s', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it('keeps long integers exact', () => {
    expect(evaluate('18446744073709551615')).toBe(18446744073709551615n);
    expect(evaluate('2^64 - 1')).toBe(18446744073709551615n);
  });

  it.each(['', 'abc', '1+', '(1', '1 2', '1/0', '__proto__', 'alert(1)'])('refuses %s', (text) => {
    expect(evaluate(text)).toBeNull();
  });
});

describe('numbers of inputs', () => {
  const seed = input('seed', 'INT', { min: 0, max: 18446744073709551615n });
  const cfg = input('cfg', 'FLOAT', { min: 0, max: 100, step: 0.1, round: 0.01 });

  it('steps without losing anything', () => {
    expect(stepped(18446744073709551614n, 1, seed)).toBe(18446744073709551615n);
    expect(stepped(18446744073709551615n, 1, seed)).toBe(18446744073709551615n);
    expect(stepped(9007199254740991, 1, seed)).toBe(9007199254740992n);
    expect(stepped(0.1, 2, cfg)).toBe(0.3);
    expect(stepped(100, 1, cfg)).toBe(100);
  });

  it('stays in the range and rounds as the input says', () => {
    expect(fitted(7.126, cfg)).toBe(7.13);
    expect(fitted(-3, cfg)).toBe(0);
    expect(fitted(12.6, input('steps', 'INT', { min: 1 }))).toBe(13);
  });

  it('shows as many decimals as the step has', () => {
    expect(numberText(8, cfg)).toBe('8.0');
    expect(numberText(7.25, cfg)).toBe('7.25');
    expect(numberText(0.123456, cfg)).toBe('0.123456');
    expect(numberText(18446744073709551615n, seed)).toBe('18446744073709551615');
    expect(shareOf(25, cfg)).toBe(0.25);
  });
});
