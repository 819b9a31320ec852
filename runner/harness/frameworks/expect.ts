// Matchers that Vitest and Jest share, each with a call that must throw.
import type { TestSource } from "./framework.ts";
import { type Case, usedOf } from "./scripts.ts";

const FAILING: Readonly<Record<string, string>> = {
  toBe: "(1).toBe(2)",
  toEqual: "([1]).toEqual([2])",
  toStrictEqual: "([1]).toStrictEqual([2])",
  toMatchObject: "({ a: 1 }).toMatchObject({ a: 2 })",
  toContain: "([1]).toContain(2)",
  toContainEqual: "([[1]]).toContainEqual([2])",
  toHaveLength: "([1]).toHaveLength(2)",
  toHaveProperty: '({ a: 1 }).toHaveProperty("b")',
  toMatch: '("a").toMatch(/b/)',
  toThrow: "(() => {}).toThrow()",
  toThrowError: "(() => {}).toThrow()",
  toBeTruthy: "(0).toBeTruthy()",
  toBeFalsy: "(1).toBeFalsy()",
  toBeNull: "(1).toBeNull()",
  toBeUndefined: "(1).toBeUndefined()",
  toBeDefined: "(undefined).toBeDefined()",
  toBeNaN: "(1).toBeNaN()",
  toBeInstanceOf: "({}).toBeInstanceOf(Map)",
  toBeGreaterThan: "(1).toBeGreaterThan(2)",
  toBeGreaterThanOrEqual: "(1).toBeGreaterThanOrEqual(2)",
  toBeLessThan: "(2).toBeLessThan(1)",
  toBeLessThanOrEqual: "(2).toBeLessThanOrEqual(1)",
  toBeCloseTo: "(1).toBeCloseTo(2)",
  not: "(1).not.toBe(1)",
  resolves: "(Promise.resolve(1)).resolves.toBe(2)",
  rejects: "(Promise.reject(1)).rejects.toBe(2)",
};

/** `expect`: what the file knows it as. */
export function matchersIn({ text }: TestSource, expect: string, most: number): Case[] {
  return usedOf(text, Object.keys(FAILING))
    .slice(0, most)
    .map((matcher) => ({ of: `expect ${matcher}`, statement: `await ${expect}${FAILING[matcher]};` }));
}
