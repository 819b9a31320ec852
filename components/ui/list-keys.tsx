"use client";

import { type ReactNode, useEffect, useRef } from "react";

const STEP: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** Up and down (or J and K) walk the rows of the list inside; Enter follows, because a row's name is a link. */
export function ListKeys({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = STEP[event.key];
      const list = element.current;
      const active = document.activeElement;
      if (
        !step ||
        !list ||
        event.metaKey ||
        event.ctrlKey ||
        event.altKey ||
        document.querySelector("dialog[open]")
      )
        return;
      if (active !== document.body && !list.contains(active)) return;
      if (
        active instanceof HTMLElement &&
        /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName) &&
        active.getAttribute("type") !== "checkbox"
      )
        return;
      const links = [...list.querySelectorAll<HTMLAnchorElement>("a[data-row]")];
      const at = links.findIndex((link) => link.closest("tr, li")?.contains(active));
      const next = links[at === -1 ? 0 : at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return <div ref={element}>{children}</div>;
}
