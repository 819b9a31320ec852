// How a sighting is written: closed words, lines and short excerpts. Sentences are made of them outside.
import type { TestRule, TestSighting } from "#lib/test-integrity/schema.ts";
import type { TestCase } from "./model.ts";

/** As lib/test-integrity has them; nothing of it is there inside. */
const EXCERPT = 300;
const NAME = 200;

export interface Place {
  readonly path: string;
  readonly before: TestCase | null;
  readonly after: TestCase | null;
}

/** Cut at whole characters. */
export const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();

const linesOf = (test: TestCase | null) => (test ? { from: test.line, to: test.endLine } : null);
const excerpt = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : cut(text, EXCERPT);

export interface Details {
  readonly count?: number;
  readonly before?: string | null;
  readonly after?: string | null;
  /** Single lines, where it is about less than the test. */
  readonly baseLine?: number | undefined;
  readonly patchLine?: number | undefined;
}

const single = (line: number) => ({ from: line, to: line });

export function sighting(rule: TestRule, { path, before, after }: Place, details: Details): TestSighting {
  const { baseLine, patchLine, count = 1 } = details;
  return {
    ...{ rule, path, count },
    base: baseLine === undefined ? linesOf(before) : single(baseLine),
    patch: patchLine === undefined ? linesOf(after) : single(patchLine),
    test: cut((after ?? before)?.name ?? "", NAME) || null,
    before: excerpt(details.before),
    after: excerpt(details.after),
  };
}

/** About a line of the patch, not about a test. */
export function lost(
  rule: TestRule,
  path: string,
  line: number | null,
  { before = null, after = null, count = 1, baseLine }: Details = {},
): TestSighting {
  return {
    ...{ rule, path, count, test: null, before: excerpt(before), after: excerpt(after) },
    base: baseLine === undefined ? null : single(baseLine),
    patch: line === null ? null : single(line),
  };
}
