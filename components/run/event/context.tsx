"use client";

// Which event of a run the address marks, and how to mark another one. The address alone says it, so that a link, a reload
// and the browser's way back show the same.
import { useSearchParams } from "next/navigation";
import { createContext, type ReactNode, useContext } from "react";
import { eventNumber, findPlaced, type Placed, type PlacedEvent } from "#lib/timeline/placed.ts";

export interface EventLinks {
  readonly runId: string;
  /** Whether the reader may be led to entries of the log. */
  readonly mayReadLog: boolean;
  /** There is a patch that files lead to. */
  readonly hasPatch: boolean;
  /** The number in the address; null where it marks none. */
  readonly marked: number | null;
  /** The event itself, once it is there. */
  readonly found: PlacedEvent | null;
}

const Context = createContext<EventLinks | null>(null);

interface EventLinksProps {
  readonly runId: string;
  readonly mayReadLog: boolean;
  readonly hasPatch?: boolean;
  readonly placed: Placed;
  readonly children: ReactNode;
}

export function EventLinksProvider({
  runId,
  mayReadLog,
  hasPatch = false,
  placed,
  children,
}: EventLinksProps) {
  const marked = useMarkedEvent();
  const found = marked === null ? null : findPlaced(placed, marked);
  return <Context value={{ runId, mayReadLog, hasPatch, marked, found }}>{children}</Context>;
}

export const useMarkedEvent = (): number | null => eventNumber(useSearchParams()?.get("event") ?? null);

/** Null outside of a run's page. */
export const useEventLinks = (): EventLinks | null => useContext(Context);

export const eventHref = (runId: string, seq: number): string => `/runs/${runId}?event=${seq}`;
