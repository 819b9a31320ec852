// What is done while nothing else is to be done, and what counts once the window has been at rest.
import { type RefObject, useEffect, useEffectEvent } from "react";
import type { Surface } from "./surface/surface.ts";

/** Where a browser cannot say when it is free (Safari), milliseconds. */
const SOON = 30;
/** Not later than this, milliseconds, however busy the page is. */
const LATEST = 1000;
/** How long nobody presses or scrolls before what can wait is drawn, milliseconds. */
const PAUSE = 120;
/** How long a place has to stand in the window to count as looked at, milliseconds. */
const REST = 250;

const hasIdle = (): boolean => typeof requestIdleCallback === "function";
const whenFree = (act: () => void): number =>
  hasIdle() ? requestIdleCallback(act, { timeout: LATEST }) : window.setTimeout(act, SOON);
const notAnyMore = (asked: number): void => (hasIdle() ? cancelIdleCallback(asked) : clearTimeout(asked));

/**
 * Draws what can wait bit by bit, once nobody has pressed or scrolled for a moment: whoever goes on sees what they asked for
 * sooner, and what would be left behind is not drawn at all. A key that is pressed meanwhile waits for one bit at most.
 */
export function useSettling(element: RefObject<HTMLElement | null>, surface: Surface): void {
  useEffect(() => {
    let asked: number | null = null;
    let timer = 0;
    let busyUntil = 0;
    const step = () => {
      asked = null;
      const left = busyUntil - performance.now();
      if (left > 0) {
        // Fetching draws nothing and is not put off.
        surface.lookAhead();
        clearTimeout(timer);
        timer = window.setTimeout(ask, left);
      } else if (surface.settle()) ask();
    };
    const ask = () => {
      asked ??= whenFree(step);
    };
    const onInput = () => {
      busyUntil = performance.now() + PAUSE;
    };
    const list = element.current;
    const stops = [surface.subscribe(ask), surface.source.onChange(ask)];
    list?.addEventListener("scroll", onInput, { passive: true });
    document.addEventListener("keydown", onInput);
    document.addEventListener("pointerdown", onInput);
    ask();
    return () => {
      for (const stop of stops) stop();
      list?.removeEventListener("scroll", onInput);
      document.removeEventListener("keydown", onInput);
      document.removeEventListener("pointerdown", onInput);
      clearTimeout(timer);
      if (asked !== null) notAnyMore(asked);
    };
  }, [element, surface]);
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
