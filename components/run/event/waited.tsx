"use client";

import { formatCount } from "../../format.ts";
import { Note } from "../../ui/note.tsx";
import { useEventLinks } from "./context.tsx";

interface EventWaitedProps {
  /** Events that are there, and that the run had when the page was made. */
  readonly told: number;
  readonly last: number;
  /** The run goes on. */
  readonly live: boolean;
}

/** Why the event in the address is not marked yet, or cannot be. */
export function EventWaited({ told, last, live }: EventWaitedProps) {
  const links = useEventLinks();
  if (!links || links.marked === null || links.found) return null;
  const { marked } = links;
  return (
    <Note tone={marked <= last || live ? "plain" : "need"} role="status">
      {marked <= last
        ? `Event ${formatCount(marked)} is on its way: ${formatCount(told)} of ${formatCount(last)} events are here.`
        : live
          ? `Event ${formatCount(marked)} has not happened yet; the newest is ${formatCount(told)}.`
          : `There is no event ${formatCount(marked)}: this run has ${formatCount(last)}.`}
    </Note>
  );
}
