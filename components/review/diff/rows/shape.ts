// What one row of the list consists of, said once for both that make it: React on the server and while its HTML is taken
// over (row.tsx), the document's own functions after that (draw.ts). Pure.
import { formatCount } from "../../../format.ts";
import type { Side } from "../contract.ts";
import { paintSpans } from "../lines/paint.ts";
import { ADDED, HUNK, lineText, REMARK, REMOVED } from "../lines/part.ts";
import { PIECE } from "../lines/rows.ts";
import type { Range } from "../lines/words.ts";
import type { PartView } from "../surface/part-view.ts";

/** Where a text is looked for: the places in one line. */
export type FindIn = (text: string) => readonly Range[];

export interface RowOrder {
  readonly view: PartView;
  readonly row: number;
  /** Colours of code and changed words come when there is time for them. */
  readonly isColoured: boolean;
  /** Sides whose line is chosen: "", "old" or "new". */
  readonly chosen: string;
  readonly findIn: FindIn | null;
  /** The row that the reader was taken to by a search. */
  readonly isCurrent: boolean;
}

/** An element; names and values of attributes are ours, text is whoever's, and never read as anything but text. */
export interface Shape {
  readonly tag: "div" | "ins" | "del" | "span" | "button";
  readonly look: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children: readonly (Shape | string)[];
}

const NOTHING: Shape["children"] = [];

/** Class names of a row, and its cells. */
export function rowShape(order: RowOrder): Shape {
  const { view, row, chosen } = order;
  const { rows, lines, options } = view;
  const left = rows.left[row] ?? -1;
  const right = rows.right[row] ?? -1;
  const kind = lines.kinds[left] ?? lines.kinds[right] ?? 0;
  if (kind === HUNK || kind === REMARK)
    return rowOf(order, kind === HUNK ? "hunk" : "remark", textOf(order, left, false));
  const isQuiet = rows.quiet[row] === 1;
  if (options.layout === "unified") {
    const tint = isQuiet ? " same" : tintOf(kind);
    return rowOf(order, "uni", [
      numberOf(order, left, "old", tint),
      numberOf(order, left, "new", tint),
      cellOf(tint, chosen !== "", textOf(order, left, isQuiet)),
    ]);
  }
  const tint = (line: number) => (line === -1 ? " none" : isQuiet ? " same" : tintOf(lines.kinds[line] ?? 0));
  const text = (line: number) => (line === -1 ? NOTHING : textOf(order, line, isQuiet));
  return rowOf(order, "spl", [
    numberOf(order, left, "old", tint(left)),
    cellOf(tint(left), chosen === "old", text(left)),
    numberOf(order, right, "new", tint(right)),
    cellOf(tint(right), chosen === "new", text(right)),
  ]);
}

const rowOf = ({ row, isCurrent }: RowOrder, look: string, children: Shape["children"]): Shape => ({
  ...{
    tag: "div",
    look: `dr ${look}${isCurrent ? " cur" : ""}`,
    attributes: { "data-r": `${row}` },
    children,
  },
});

const tintOf = (kind: number): string => (kind === ADDED ? " add" : kind === REMOVED ? " del" : "");

const cellOf = (tint: string, isChosen: boolean, children: Shape["children"]): Shape => ({
  tag: tint === " add" ? "ins" : tint === " del" ? "del" : "div",
  look: `t${tint}${isChosen ? " sel" : ""}`,
  children,
});

const SIGNS: Readonly<Record<string, string>> = { " add": "+", " del": "−" };

/** Not chosen with the code, and so not copied with it. The sign stands with the number: two boxes less in each cell. */
function numberOf({ view, row, chosen }: RowOrder, line: number, side: Side, tint: string): Shape {
  const number = line === -1 ? 0 : (view.lines[side][line] ?? 0);
  const cell = { tag: "span", look: `n${tint}${chosen === side ? " sel" : ""}` } as const;
  if (number === 0) return { ...cell, children: NOTHING };
  const isFirst = (view.rows.from[row] ?? 0) === 0;
  return {
    ...cell,
    attributes: { "data-side": side, "data-line": `${number}` },
    children: [`${isFirst ? number : ""}${SIGNS[tint] ?? " "}`],
  };
}

function textOf(order: RowOrder, line: number, isQuiet: boolean): Shape["children"] {
  const { view, row, isColoured, findIn } = order;
  const text = lineText(view.lines, line);
  const from = Math.min(view.rows.from[row] ?? 0, text.length);
  const to = Math.min(text.length, from + PIECE);
  const kind = view.lines.kinds[line] ?? 0;
  const isCode = isColoured && kind !== HUNK && kind !== REMARK;
  const spans = paintSpans({
    ...{ text, from, to, state: view.stateOf(line) },
    language: isCode ? view.language : null,
    words: isCode && !isQuiet ? view.wordsOf(line) : [],
    found: findIn?.(text) ?? [],
    isAdded: kind === ADDED,
  });
  const shown = spans.map(({ text: own, look, why }): Shape | string => {
    if (look === "") return own;
    const span = { tag: "span", look, children: [own] } as const;
    return why === undefined ? span : { ...span, attributes: { title: why } };
  });
  if (!view.isCut(line)) return shown;
  const words = `Show the other ${formatCount(text.length - PIECE)} characters of this line`;
  const attributes = { type: "button", "data-open": `${line}` };
  return [...shown, { tag: "button", look: "link more", attributes, children: [words] }];
}
