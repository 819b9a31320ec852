// From the engine's counts of ranges to lines: which of the changed ones ran, at least in part. Pure.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { CoverageSeen } from "#lib/protocol/checks.ts";
import type { ChangedSource } from "./inspect.ts";

export const GATHER_SCRIPT = readFileSync(path.join(import.meta.dirname, "gather.mjs"), "utf8");

const Range = z.tuple([z.int().min(0), z.int().min(0), z.number()]);
/** One file as one process counted it; ranges of outer blocks come before those in them. */
export const Counted = z
  .array(z.object({ path: z.string(), ranges: z.array(Range).max(200_000) }))
  .max(10_000);
export type Counted = z.infer<typeof Counted>;

/** Nothing that could run: empty, a comment, or a closing bracket alone. */
const IDLE = /^(?:\s*(?:\/\/|#(?![\w$])|\/?\*).*|[)\]};,\s]*)$/;

export const GATHER_LINES_SCRIPT = readFileSync(path.join(import.meta.dirname, "gather-lines.mjs"), "utf8");

const LineNumber = z.int().min(1).max(10_000_000);
/** From line, to line, count. */
const Span = z.tuple([LineNumber, LineNumber, z.number()]);
/** What a framework's own counter says; null where it left nothing. */
export const CountedLines = z
  .array(z.object({ path: z.string(), spans: z.array(Span).max(200_000) }))
  .max(10_000)
  .nullable();
export type CountedLines = NonNullable<z.infer<typeof CountedLines>>;

/** Comments by which a source tells a counter to leave it out. */
const LEAVES_OUT = /(?:istanbul|c8|v8)\s+ignore|node:coverage|pragma:\s*no\s*cover/;

/** A line that no span is about holds nothing to run, unless its file tells counters what to leave out. */
export function coverageOfLines(
  changed: readonly ChangedSource[],
  counted: CountedLines,
  method: CoverageSeen["method"],
): CoverageSeen {
  const spans = new Map(counted.map((each) => [each.path, each.spans]));
  return summed(
    method,
    changed.map(({ path, text, hunks }) => {
      const own = spans.get(path);
      const seen = countsByLine(own ?? [], text.split("\n").length);
      const counts = wantedLines(text, hunks).flatMap(({ number }) => {
        const count = seen.get(number);
        return count === undefined ? (own && !LEAVES_OUT.test(text) ? [] : [0]) : [count];
      });
      return { path, lines: counts.length, executed: counts.filter((count) => count > 0).length };
    }),
  );
}

/**
 * For each line the count of the shortest span around it; of two alike, of the one that ran more often. A process that wants the
 * harness to hang may write as many spans over as many lines as fit: each line is filled once.
 */
function countsByLine(spans: CountedLines[number]["spans"], lines: number): Map<number, number> {
  const counts = new Map<number, number>();
  const next = Array.from({ length: lines + 2 }, (_, line) => line);
  const freeFrom = (line: number): number => {
    let at = line;
    for (let to = next[at] ?? at; to !== at; to = next[at] ?? at) {
      next[at] = next[to] ?? to;
      at = to;
    }
    return at;
  };
  const shortestFirst = spans.toSorted(([a, b, one], [c, d, other]) => b - a - (d - c) || other - one);
  for (const [from, to, count] of shortestFirst)
    for (let line = freeFrom(from); line <= Math.min(to, lines); line = freeFrom(line)) {
      counts.set(line, count);
      next[line] = line + 1;
    }
  return counts;
}

/** Files that were never loaded count as not run; null where what was counted are other texts. */
export function coverageOf(changed: readonly ChangedSource[], counted: Counted): CoverageSeen | null {
  const texts = new Map(changed.map(({ path, text }) => [path, text]));
  if (counted.some((each) => !isWhole(texts.get(each.path) ?? "", each))) return null;
  const files = changed.map(({ path, text, hunks }) => {
    const wanted = wantedLines(text, hunks);
    const ran = joined(
      counted.filter((each) => each.path === path).flatMap(({ ranges }) => executedIn(ranges)),
    );
    const executed = wanted.filter((line) => isExecuted(line, ran));
    return { path, lines: wanted.length, executed: executed.length };
  });
  return summed("v8", files);
}

function summed(method: CoverageSeen["method"], files: CoverageSeen["files"]): CoverageSeen {
  const sum = (of: "lines" | "executed") => files.reduce((total, file) => total + file[of], 0);
  return {
    ...{ method, lines: sum("lines"), executed: sum("executed") },
    files: files.filter(({ lines }) => lines > 0),
  };
}

/** Changed lines that hold something to run. */
const wantedLines = (text: string, hunks: ChangedSource["hunks"]): Line[] => {
  const lines = linesOf(text);
  return hunks
    .flatMap(([from, count]) => lines.slice(Math.max(0, from - 1), from - 1 + count))
    .filter((line) => !IDLE.test(line.text));
};

/** Counts of other text than the file's, which something translated before it ran, say nothing of its lines. */
const isWhole = ({ length }: string, { ranges }: Counted[number]): boolean =>
  ranges.some(([from, to]) => from === 0 && to === length);

interface Line {
  /** From 1. */
  readonly number: number;
  readonly at: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  let at = 0;
  return text.split("\n").map((line, index) => {
    const here = { number: index + 1, at, text: line };
    at += line.length + 1;
    return here;
  });
}

type Stretch = readonly [from: number, to: number];

/**
 * What ran of one process: a character did when the innermost range around it did. Ranges nest; a later one lies within an
 * earlier or beside it. No array as long as the text: a hostile process has as many ranges and processes as fit.
 */
function executedIn(ranges: Counted[number]["ranges"]): Stretch[] {
  const ran: Stretch[] = [];
  const open: { readonly to: number; readonly count: number }[] = [];
  let at = 0;
  const goTo = (to: number, count: number) => {
    if (count > 0 && at < to) ran.push([at, to]);
    at = Math.max(at, to);
  };
  const closeUntil = (end: number) => {
    for (let inner = open.at(-1); inner && inner.to <= end; inner = open.at(-1)) {
      goTo(inner.to, inner.count);
      open.pop();
    }
  };
  for (const [from, to, count] of ranges.toSorted(([a, b], [c, d]) => a - c || d - b)) {
    closeUntil(from);
    goTo(from, open.at(-1)?.count ?? 0);
    open.push({ to, count });
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return ran;
}

/** In their order, and none touching the next. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: [number, number][] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}

function isExecuted({ at, text }: Line, ran: readonly Stretch[]): boolean {
  const [from, to] = [at + text.search(/\S/), at + text.trimEnd().length];
  let [low, high] = [0, ran.length];
  // The first stretch that ends behind the line's first character.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ran[middle]?.[1] ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  return (ran[low]?.[0] ?? to) < to;
}
