// What a charter's own patterns find. A pattern looks no further than its longest match, so a text is searched window by
// window: what it finds in the whole is found, and other requests are let in between.
import { createHash } from "node:crypto";
import { HIGHEST_COST, parseOwnPattern } from "#lib/own-patterns/schema.ts";
import { merged, type Place } from "#lib/secrets/rules.ts";
import { ownTurn } from "#lib/secrets/service.ts";

export const OWN_PATTERN = "own pattern";

export interface OwnSearch {
  /** Of the patterns: what was looked through with others is looked through again. */
  readonly digest: string;
  find(text: string): Promise<Place[]>;
}

const WINDOW = 4096;
/** The longest match in UTF-16 units, and what a word border behind it looks at. */
const BEYOND = 2 * HIGHEST_COST + 2;
const MOST_KEPT = 200;

function compile(lines: readonly string[]): RegExp[] {
  return lines.map((line) => {
    const parsed = parseOwnPattern(line);
    if (!parsed.ok) throw new Error("A charter holds a pattern that its schema refuses.");
    return new RegExp(parsed.pattern.source, "gu");
  });
}

/** Places that begin inside a window; a word border also looks at what stands before it. */
function inWindow(pattern: RegExp, text: string, at: number): Place[] {
  const from = Math.max(0, at - 2);
  const places: Place[] = [];
  const part = text.slice(from, at + WINDOW + BEYOND);
  pattern.lastIndex = at - from;
  for (const { index, 0: match } of part.matchAll(pattern)) {
    const start = from + index;
    if (start >= at + WINDOW) break;
    places.push({ start, end: start + match.length, rule: OWN_PATTERN });
  }
  return places;
}

function searchFor(lines: readonly string[], digest: string): OwnSearch {
  const patterns = compile(lines);
  return {
    digest,
    async find(text) {
      if (patterns.length === 0) return [];
      const places: Place[] = [];
      for (let at = 0; at < text.length; at += WINDOW) {
        if (at > 0) await ownTurn();
        for (const pattern of patterns) places.push(...inWindow(pattern, text, at));
      }
      return merged(places);
    },
  };
}

/** Compiles the patterns of a charter once, and forgets those that were not asked for longest. */
export function createOwnSearches(): (lines: readonly string[]) => OwnSearch {
  const kept = new Map<string, OwnSearch>();
  return (lines) => {
    const digest = createHash("sha256").update(JSON.stringify(lines)).digest("base64");
    const search = kept.get(digest) ?? searchFor(lines, digest);
    kept.delete(digest);
    kept.set(digest, search);
    const oldest = kept.keys().next().value;
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return search;
  };
}
