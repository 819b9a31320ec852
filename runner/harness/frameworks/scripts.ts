// What test files in JavaScript and TypeScript have in common. They are looked at as text: a name that only occurs in a
// comment costs one canary more, and no name that is used is missed.
import { fileOf } from "#lib/test-reports/test-ids.ts";
import type { Plant, TestSource } from "./framework.ts";

const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const CALLS = /\b(?:test|it|describe|suite)\b[^\n=]{0,80}\(/;

export const isScript = ({ path, text }: TestSource): boolean => SCRIPT.test(path) && CALLS.test(text);

/** Whether a file takes something from one of the modules. */
export function takesFrom(text: string, modules: readonly string[]): boolean {
  return modules.some((module) => new RegExp(`(?:from|import|require\\()\\s*["']${module}["']`).test(text));
}

/** ECMAScript modules import, CommonJS requires; a file that does neither is run by something that gives globals. */
export function isModule({ path, text }: TestSource): boolean {
  if (/\.m[jt]s$/.test(path)) return true;
  if (/\.cjs$/.test(path)) return false;
  return /^\s*(?:import\b(?!\s*\()|export\b)/m.test(text);
}

/** Where tests are named after their file. */
export function byFile(tests: readonly string[]): (path: string) => boolean {
  const files = new Set(tests.map(fileOf));
  return (path) => files.has(path);
}

/** Which of the names the text uses as `.name`, or takes from a module by name. */
export const usedOf = (text: string, names: readonly string[]): string[] =>
  names.filter((name) => new RegExp(`(?:\\.|\\b)${name}\\b`).test(text));

export interface Case {
  /** Distinguishes it among the canaries of its file. */
  readonly of: string;
  /** A statement that must throw. */
  readonly statement: string;
}

/** Cases as calls of `test`; `only` where the file says so itself, or they would be skipped. */
export function planted(
  { text }: TestSource,
  token: string,
  parts: { readonly head: string; readonly test: string; readonly cases: readonly Case[] },
): Plant {
  const only = /\b(?:test|it|describe|suite)\.only\b/.test(text) ? ".only" : "";
  const named = parts.cases.map((each) => ({ ...each, name: `${token} ${each.of}` }));
  const calls = named.map(
    ({ name, statement }) => `${parts.test}${only}(${JSON.stringify(name)}, async () => { ${statement} });`,
  );
  return {
    text: [text, parts.head, ...calls, ""].join("\n"),
    names: named.map(({ name }) => name),
  };
}

/** As an identifier that nothing else in the file has. */
export const identifier = (token: string, of: string): string => `${token}_${of}`;
