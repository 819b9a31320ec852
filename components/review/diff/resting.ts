// What is done while nothing else is to be done, and what counts once the window has been at rest.
import { type RefObject, useEffect, useEffectEvent } from "react";
import type { Surface } from "./surface/surface.ts";

/** Where a browser cannot say when it is free (Safari), milliseconds. */
const SOON = 30;
/** Not later than this, milliseconds, however busy the page is. */
const LATEST = 1000;
/** How long a place has to stand in the window to count as looked at, milliseconds. */
const REST = 250;

const hasIdle = (): boolean => typeof requestIdleCallback === "function";
const whenFree = (act: () => void): number =>
  hasIdle() ? requestIdleCallback(act, { timeout: LATEST }) : window.setTimeout(act, SOON);
const notAnyMore = (asked: number): void => (hasIdle() ? cancelIdleCallback(asked) : clearTimeout(asked));

/** Draws what can wait bit by bit: a key that is pressed meanwhile waits for one bit at most. */
export function useSettling(surface: Surface): void {
  useEffect(() => {
    let asked: number | null = null;
    const step = () => {
      asked = null;
      if (surface.settle()) ask();
    };
    const ask = () => {
      asked ??= whenFree(step);
    };
    const stops = [surface.subscribe(ask), surface.source.onChange(ask)];
    ask();
    return () => {
      for (const stop of stops) stop();
      if (asked !== null) notAnyMore(asked);
    };
  }, [surface]);
}

/** Takes in what came, and says when the window has been at rest for a while. */
export function useRest(element: RefObject<HTMLElement | null>, surface: Surface, onRest: () => void): void {
  const rested = useEffectEvent(onRest);
  useEffect(() => {
    let timer = 0;
    const again = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => rested(), REST);
    };
    const stops = [
      surface.subscribe(again),
      surface.source.onChange((key) => {
        surface.arrived(key);
        again();
      }),
    ];
    const list = element.current;
    list?.addEventListener("scroll", again, { passive: true });
    again();
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
      list?.removeEventListener("scroll", again);
    };
  }, [element, surface]);
}
