// Rules over one text. A text is matched as it is, without what nobody sees, and without the quotes and backslashes by
// which a shell lets one word be written in many ways.
import { bareText } from "../../secrets/bare.ts";
import type { PatternRule } from "./read-rules.ts";

export interface Match {
  readonly rule: PatternRule;
  /** Of the text as it came; of a match found in another form, where that form could be placed, else the text's start. */
  readonly start: number;
  readonly end: number;
  readonly times: number;
}

/** Counted at most; what comes more often is not more. */
const MOST_TIMES = 100;

const searching = new WeakMap<PatternRule, RegExp>();

function global(rule: PatternRule): RegExp {
  const known = searching.get(rule) ?? new RegExp(rule.pattern.source, `${rule.pattern.flags}g`);
  searching.set(rule, known);
  return known;
}

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly times: number;
}

function hitsOf(rule: PatternRule, text: string, from: number): Hit | null {
  let first: Hit | null = null;
  let times = 0;
  for (const match of text.matchAll(global(rule))) {
    const end = match.index + match[0].length;
    if (end <= from) continue;
    first ??= { start: match.index, end, times: 1 };
    times += 1;
    if (times === MOST_TIMES) break;
  }
  return first && { ...first, times };
}

/** `c""url`, `\c\u\r\l`, `'curl'`. */
const unquoted = (text: string): string => text.replaceAll(/["'\\]/g, "");

/**
 * What strikes in a text: each rule once, at its first place that ends after `from`. Of a command also what it says
 * without its quotes.
 */
export function matchRules(
  rules: readonly PatternRule[],
  text: string,
  { from = 0, isCommand = false }: { readonly from?: number; readonly isCommand?: boolean } = {},
): Match[] {
  const bare = bareText(text);
  const plain = isCommand && /["'\\]/.test(text) ? unquoted(bare?.text ?? text) : null;
  return rules.flatMap((rule): Match[] => {
    const hit = hitsOf(rule, text, from);
    if (hit) return [{ rule, ...hit }];
    const seen = bare && hitsOf(rule, bare.text, 0);
    if (bare && seen) {
      const [start, end] = [bare.original(seen.start), bare.original(seen.end - 1) + 1];
      return end > from ? [{ rule, start, end, times: seen.times }] : [];
    }
    const said = plain === null ? null : hitsOf(rule, plain, 0);
    return said ? [{ rule, start: 0, end: text.length, times: said.times }] : [];
  });
}
