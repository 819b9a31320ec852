"use client";

import type { MouseEvent } from "react";
import { eventHref, useEventLinks } from "./context.tsx";

/** Puts the event into the address without asking the server for the page again. */
export function openHere(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // a tab or a window of its own
  event.preventDefault();
  window.history.pushState(null, "", event.currentTarget.href);
}

/** The number of the event that a row began with; a link to the page with that event marked. */
export function EventLink({ seq }: { seq: number }) {
  const links = useEventLinks();
  if (!links) return null;
  return (
    <a
      className="evl sm num"
      href={eventHref(links.runId, seq)}
      aria-label={`Event ${seq}, link to it`}
      aria-current={links.found?.row === seq ? "location" : undefined}
      onClick={openHere}
    >
      #{seq}
    </a>
  );
}
