import { memo, type ReactNode } from "react";
import { formatCount } from "../../format.ts";
import type { Side } from "./contract.ts";
import { paintSpans, type Span } from "./lines/paint.ts";
import { ADDED, HUNK, lineText, REMARK, REMOVED } from "./lines/part.ts";
import { PIECE } from "./lines/rows.ts";
import type { Range } from "./lines/words.ts";
import type { PartView } from "./surface/part-view.ts";

/** Where a text is looked for: the places in one line. */
export type FindIn = (text: string) => readonly Range[];

export interface RowProps {
  readonly view: PartView;
  readonly row: number;
  /** Colours of code and changed words come when there is time for them. */
  readonly isColoured: boolean;
  /** Sides whose line is chosen: "", "old", "new" or "old new". */
  readonly chosen: string;
  readonly findIn: FindIn | null;
  /** The row that the reader was taken to by a search. */
  readonly isCurrent: boolean;
  readonly notes: ReactNode;
}

const CLASSES: Readonly<Record<number, string>> = { [ADDED]: "add", [REMOVED]: "del" };

/**
 * One row of the list. What is pressed in it is heard by the list. Its cells are made by functions and are no components:
 * there are hundreds of them in a window, and a key press draws them all.
 */
export const Row = memo(function Row(props: RowProps) {
  const { view, row, isCurrent, notes } = props;
  const { rows, lines, options } = view;
  const left = rows.left[row] ?? -1;
  const right = rows.right[row] ?? -1;
  const kind = lines.kinds[left] ?? lines.kinds[right] ?? 0;
  const current = isCurrent ? " cur" : "";
  if (kind === HUNK || kind === REMARK) {
    return (
      <div className={`dr ${kind === HUNK ? "hunk" : "remark"}${current}`} data-r={row}>
        {textOf(props, left, false)}
      </div>
    );
  }
  const isQuiet = rows.quiet[row] === 1;
  if (options.layout === "unified") {
    const tint = isQuiet ? " same" : tintOf(kind);
    return (
      <div className={`dr uni${current}`} data-r={row}>
        {numberOf(props, left, "old", tint)}
        {numberOf(props, left, "new", tint)}
        {cellOf(tint, props.chosen !== "", textOf(props, left, isQuiet))}
        {notes}
      </div>
    );
  }
  const [old, fresh] = [left, right].map((line) =>
    line === -1 ? " none" : isQuiet ? " same" : tintOf(lines.kinds[line] ?? 0),
  ) as [string, string];
  return (
    <div className={`dr spl${current}`} data-r={row}>
      {numberOf(props, left, "old", old)}
      {cellOf(old, props.chosen.includes("old"), left === -1 ? null : textOf(props, left, isQuiet))}
      {numberOf(props, right, "new", fresh)}
      {cellOf(fresh, props.chosen.includes("new"), right === -1 ? null : textOf(props, right, isQuiet))}
      {notes}
    </div>
  );
});

const tintOf = (kind: number): string => (CLASSES[kind] ? ` ${CLASSES[kind]}` : "");

function cellOf(tint: string, isChosen: boolean, children: ReactNode): ReactNode {
  const Element = tint === " add" ? "ins" : tint === " del" ? "del" : "div";
  return <Element className={`t${tint}${isChosen ? " sel" : ""}`}>{children}</Element>;
}

/** Drawn from an attribute, so that numbers are not copied with the code. */
function numberOf({ view, row, chosen }: RowProps, line: number, side: Side, tint: string): ReactNode {
  const number = line === -1 ? 0 : (view.lines[side][line] ?? 0);
  const className = `n${tint}${chosen.includes(side) ? " sel" : ""}`;
  if (number === 0) return <span className={className} />;
  const isFirst = (view.rows.from[row] ?? 0) === 0;
  return (
    <span className={className} data-side={side} data-line={number} data-n={isFirst ? number : undefined} />
  );
}

function textOf(props: RowProps, line: number, isQuiet: boolean): ReactNode {
  const { view, row, isColoured, findIn } = props;
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
  const drawnSpans = spans.length === 1 && spans[0]?.look === "" ? spans[0].text : spans.map(drawn);
  if (!view.isCut(line)) return drawnSpans;
  return (
    <>
      {drawnSpans}
      <button type="button" className="link more" data-open={line}>
        Show the other {formatCount(text.length - PIECE)} characters of this line
      </button>
    </>
  );
}

const drawn = ({ text, look, why }: Span, at: number): ReactNode =>
  look === "" ? (
    text
  ) : (
    <span key={`${at}`} className={look} title={why}>
      {text}
    </span>
  );
