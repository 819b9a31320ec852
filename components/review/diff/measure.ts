// What the browser knows: how wide a character is, how large the window, how high what was drawn turned out.
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { Layout } from "./lines/rows.ts";
import type { Frame } from "./surface/frame.ts";
import type { PartView } from "./surface/part-view.ts";
import type { Surface } from "./surface/surface.ts";

/** As many characters as make a fraction of a pixel show. */
export const PROBE = "0".repeat(100);
/** As in diff.css: what is left free at both sides of a line. */
const PADDING = 20;
const BORDERS = 2;
const LEAST = 16;
const PAGES: Readonly<Record<string, 1 | -1>> = { PageDown: 1, PageUp: -1 };

function columnsOf(list: HTMLElement, layout: Layout): number | null {
  const character = (list.querySelector(".probe")?.getBoundingClientRect().width ?? 0) / PROBE.length;
  if (character === 0) return null;
  const style = getComputedStyle(list);
  const [digits, around] = ["--digits", "--around-numbers"].map((name) =>
    Number.parseFloat(style.getPropertyValue(name)),
  ) as [number, number];
  const numbers = (digits + 1) * character + around;
  const width = (list.querySelector(".space")?.clientWidth ?? 0) - BORDERS;
  const cell = layout === "split" ? width / 2 - numbers : width - 2 * numbers;
  return Math.max(LEAST, Math.floor((cell - PADDING) / character));
}

/** Characters in a line of a cell; null before anything was measured. */
export function useMetrics(
  element: RefObject<HTMLElement | null>,
  surface: Surface,
  layout: Layout,
): number | null {
  const [columns, setColumns] = useState<number | null>(null);
  const measure = useEffectEvent(() => {
    const list = element.current;
    if (!list) return;
    if (list.clientHeight > 0) surface.setWindow(list.clientHeight);
    setColumns(columnsOf(list, layout));
  });
  useLayoutEffect(() => {
    const list = element.current;
    if (!list) return;
    measure();
    const observer = new ResizeObserver(() => measure());
    observer.observe(list);
    void document.fonts.ready.then(() => measure());
    return () => observer.disconnect();
  }, [element]);
  useLayoutEffect(() => {
    if (layout) measure();
  }, [layout]);
  return columns;
}

/** Row by row it is looked at only where heights are unsure, or all of them together are not as high as they should be. */
function isAsReckoned(part: HTMLElement, { tops, isSure }: PartView): boolean {
  if (!isSure) return false;
  const [from, to] = (part.dataset.rows ?? "").split(" ").map(Number);
  const reckoned = (tops[to ?? 0] ?? 0) - (tops[from ?? 0] ?? 0);
  return Math.abs(part.getBoundingClientRect().height - reckoned) < 0.5;
}

/** Rows of a part, those in its blocks too; what notes below them hold is none. */
function* rowsIn(part: HTMLElement): Generator<HTMLElement> {
  for (const child of part.children as HTMLCollectionOf<HTMLElement>) {
    if (child.dataset.r !== undefined) yield child;
    else yield* child.children as HTMLCollectionOf<HTMLElement>;
  }
}

/** Puts heights right by what was drawn. */
export function takeMeasures(list: HTMLElement, surface: Surface): void {
  const rows: [PartView, number, number][] = [];
  const heads = new Map<number, number>();
  for (const part of list.querySelectorAll<HTMLElement>("[data-part]")) {
    const view = surface.view(Number(part.dataset.of), Number(part.dataset.part));
    if (!view || isAsReckoned(part, view)) continue;
    for (const row of rowsIn(part))
      rows.push([view, Number(row.dataset.r), row.getBoundingClientRect().height]);
  }
  for (const head of list.querySelectorAll<HTMLElement>("[data-head]")) {
    const under = head.nextElementSibling;
    const below = under?.classList.contains("du") ? under.getBoundingClientRect().height : 0;
    if (head.dataset.head === "begun")
      heads.set(Number(head.dataset.of), head.getBoundingClientRect().height + below);
  }
  surface.measured(rows, heads);
}

/** Keeps scroll bar and surface together, in both directions. */
export function useScrolling(
  element: RefObject<HTMLElement | null>,
  surface: Surface,
  frame: Frame,
  onMove: () => void,
): void {
  const moved = useEffectEvent(onMove);
  useLayoutEffect(() => {
    const list = element.current;
    const wanted = surface.top / surface.scale;
    if (list && frame && Math.abs(list.scrollTop - wanted) > 1) list.scrollTop = wanted;
  });
  useEffect(() => {
    const list = element.current;
    if (!list) return;
    let asked = 0;
    let told = 0;
    const tell = () => {
      cancelAnimationFrame(asked);
      // After what was asked for is painted: who is told draws too.
      asked = requestAnimationFrame(() => {
        clearTimeout(told);
        told = window.setTimeout(() => moved());
      });
    };
    const onScroll = () => {
      const { scale } = surface;
      // What we set ourselves comes back rounded.
      if (Math.abs(list.scrollTop - surface.top / scale) > 1.5) surface.moveTo(list.scrollTop * scale);
      tell();
    };
    /** At a scale the wheel moves the surface, not the bar: nothing may be leapt over. */
    const onWheel = (event: WheelEvent) => {
      if (surface.scale === 1 || event.ctrlKey) return;
      event.preventDefault();
      surface.moveTo(surface.top + event.deltaY * (event.deltaMode === 1 ? 20 : 1));
      list.scrollTop = surface.top / surface.scale;
      tell();
    };
    /** A page is turned at once: a browser goes there in many steps, draws each, and at a scale leaps over what is between. */
    const onKey = (event: KeyboardEvent) => {
      const pages = PAGES[event.key];
      const isPlain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
      if (pages === undefined || !isPlain || event.defaultPrevented || event.target !== list) return;
      event.preventDefault();
      surface.turn(pages);
      list.scrollTop = surface.top / surface.scale;
      tell();
    };
    list.addEventListener("keydown", onKey);
    list.addEventListener("scroll", onScroll, { passive: true });
    list.addEventListener("wheel", onWheel, { passive: false });
    tell();
    return () => {
      cancelAnimationFrame(asked);
      clearTimeout(told);
      list.removeEventListener("keydown", onKey);
      list.removeEventListener("scroll", onScroll);
      list.removeEventListener("wheel", onWheel);
    };
  }, [element, surface]);
}

/** Notes and what stands below a head grow by themselves, e.g. while somebody writes: what is below them gives way. */
export function useGrowing(element: RefObject<HTMLElement | null>, surface: Surface): void {
  const observer = useRef<ResizeObserver | null>(null);
  const watched = useRef(new WeakSet<Element>());
  useLayoutEffect(() => {
    const list = element.current;
    if (!list) return;
    observer.current ??= new ResizeObserver(() => takeMeasures(list, surface));
    for (const each of list.querySelectorAll(".dn, .du")) {
      if (watched.current.has(each)) continue;
      watched.current.add(each);
      observer.current.observe(each);
    }
  });
  useLayoutEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
      watched.current = new WeakSet();
    },
    [],
  );
}
