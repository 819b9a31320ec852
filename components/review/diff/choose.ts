// Lines are chosen by their numbers: a press for one, a drag or shift for a range, on one side of one file.
import { type RefObject, useEffect, useEffectEvent } from "react";
import type { ReviewFile } from "../diff-rules.ts";
import type { LineRange, Side } from "./contract.ts";

interface Point {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
}

const rangeOf = (a: Point, b: Point): LineRange => ({
  ...{ path: a.path, side: a.side },
  from: Math.min(a.line, b.line),
  to: Math.max(a.line, b.line),
});

/** The number that stands in the row of what was pressed; `side` asks for that column. */
function pointAt(target: EventTarget | null, files: readonly ReviewFile[], side?: Side): Point | null {
  if (!(target instanceof HTMLElement)) return null;
  const number = side
    ? target.closest(".dr")?.querySelector<HTMLElement>(`.n[data-side="${side}"]`)
    : target.closest<HTMLElement>(".n[data-line]");
  const place = Number(target.closest<HTMLElement>("[data-file]")?.dataset.file ?? -1);
  const path = files.find((file) => file.place === place)?.path;
  if (!number || path === undefined) return null;
  return { path, side: number.dataset.side === "old" ? "old" : "new", line: Number(number.dataset.line) };
}

/** What else is pressed inside the list. */
export interface Presses {
  readonly onSelect: ((range: LineRange) => void) | undefined;
  readonly onFold: (place: number) => void;
  readonly onOpenLine: (file: number, part: number, line: number) => void;
  readonly onRetry: () => void;
}

export function useChoosing(
  element: RefObject<HTMLElement | null>,
  files: readonly ReviewFile[],
  { onSelect, onFold, onOpenLine, onRetry }: Presses,
): void {
  const press = useEffectEvent(({ target }: MouseEvent) => {
    if (!(target instanceof Element)) return;
    const folded = target.closest<HTMLElement>("[data-fold]")?.dataset.fold;
    if (folded !== undefined) onFold(Number(folded));
    const line = target.closest<HTMLElement>("[data-open]")?.dataset.open;
    const part = target.closest<HTMLElement>("[data-part]")?.dataset;
    if (line !== undefined && part) onOpenLine(Number(part.of), Number(part.part), Number(line));
    if (target.closest("[data-retry]")) onRetry();
  });
  const choose = useEffectEvent((range: LineRange) => onSelect?.(range));
  useEffect(() => {
    const list = element.current;
    if (!list) return;
    let start: Point | null = null;
    let isDown = false;
    const onDown = (event: PointerEvent) => {
      const point = event.button === 0 ? pointAt(event.target, files) : null;
      if (!point) return;
      event.preventDefault();
      const goesOn = event.shiftKey && start?.path === point.path && start.side === point.side;
      if (!goesOn) start = point;
      isDown = true;
      choose(rangeOf(start ?? point, point));
    };
    const onMove = (event: PointerEvent) => {
      if (!isDown || !start) return;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const point = pointAt(under, files, start.side);
      if (point?.path === start.path) choose(rangeOf(start, point));
    };
    const onUp = () => {
      isDown = false;
    };
    const onClick = (event: MouseEvent) => press(event);
    list.addEventListener("click", onClick);
    list.addEventListener("pointerdown", onDown);
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    return () => {
      list.removeEventListener("click", onClick);
      list.removeEventListener("pointerdown", onDown);
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
    };
  }, [element, files]);
}
