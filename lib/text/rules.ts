// Text from outside (agent output, file names, commit messages, logs) is shown as text and nothing in it is
// invisible: control, bidi, zero-width and tag characters become marks such as ‹U+202E› (CVE-2021-42574).

/**
 * `line`: a name or a title, where a line break is itself suspicious. `block`: output, where it is not.
 * `code`: as a block, but nothing is dropped, since a reviewer must see what a compiler reads.
 */
export type TextMode = "line" | "block" | "code";

/** `at`: where the part begins in the text. A mark stands for `count` equal hidden characters. */
export type VisiblePart =
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "mark"; readonly at: number; readonly text: string; readonly count: number };

// Controls, format characters (bidi, zero-width, tags), lone surrogates, line and paragraph separators,
// variation selectors, and letters that draw nothing (grapheme joiner, Hangul fillers, blank braille).
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\p{Variation_Selector}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u2800|\u3164|\uFFA0/u;
const HIDDEN_RUNS = new RegExp(`(${HIDDEN.source})\\1*`, "gu");
/** Colour and weight only; every other escape sequence stays and is marked. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;:]*m`, "g");
const PICTOGRAPH = /\p{Extended_Pictographic}$/u;
const EMOJI_STYLE = "\uFE0F";

const NAMES: Readonly<Record<string, string>> = {
  "\0": "NUL",
  "\x07": "BEL",
  "\b": "BS",
  "\t": "TAB",
  "\n": "LF",
  "\r": "CR",
  "\x1B": "ESC",
  "\x7F": "DEL",
};

function nameOf(character: string): string {
  return (
    NAMES[character] ?? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
  );
}

function isHarmless(run: string, before: string, mode: TextMode): boolean {
  if (mode !== "line" && (run.startsWith("\n") || run.startsWith("\t"))) return true;
  return run === EMOJI_STYLE && PICTOGRAPH.test(before);
}

/** Colour codes are dropped and CRLF becomes a line break in a block; everything else that hides becomes a mark. */
export function visibleParts(raw: string, mode: TextMode = "block"): VisiblePart[] {
  const text = mode === "block" ? raw.replace(COLOUR, "").replaceAll("\r\n", "\n") : raw;
  const parts: VisiblePart[] = [];
  let from = 0;
  const flush = (to: number) => {
    if (to > from) parts.push({ kind: "text", at: from, text: text.slice(from, to) });
  };
  for (const match of text.matchAll(HIDDEN_RUNS)) {
    const [run, character = ""] = match;
    if (isHarmless(run, text.slice(Math.max(0, match.index - 2), match.index), mode)) continue;
    flush(match.index);
    const count = run.length / character.length;
    parts.push({
      kind: "mark",
      at: match.index,
      text: `‹${nameOf(character)}${count > 1 ? ` ×${count}` : ""}›`,
      count,
    });
    from = match.index + run.length;
  }
  flush(text.length);
  return parts;
}

/** The same as one string, for places that cannot style a mark (titles, labels, a diff line). */
export function visibleText(raw: string, mode: TextMode = "block"): string {
  return visibleParts(raw, mode)
    .map((part) => part.text)
    .join("");
}

/** How many characters of the text a reader would not see. */
export function hiddenCount(raw: string, mode: TextMode = "block"): number {
  return visibleParts(raw, mode).reduce((sum, part) => sum + (part.kind === "mark" ? part.count : 0), 0);
}

/** Shortens a file name in the middle, so that its suffix stays. */
export function shortenMiddle(name: string, max: number): string {
  const characters = [...name];
  if (characters.length <= max) return name;
  const tail = Math.min(Math.floor(max / 2), 12);
  return `${characters.slice(0, max - tail - 1).join("")}…${characters.slice(-tail).join("")}`;
}
