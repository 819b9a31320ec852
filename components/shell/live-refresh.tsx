"use client";

import { useEffect } from "react";
import { setConnection } from "./connection.ts";
import { useRefresh } from "./use-refresh.ts";

/** Changes come in bursts: one reading for each. */
const SETTLE_MS = 400;

/** Keeps a page of lists up to date: reads it again whenever the record grows. A hidden tab holds no connection. */
export function LiveRefresh() {
  const refresh = useRefresh(SETTLE_MS);
  useEffect(() => {
    let source: EventSource | null = null;
    const close = () => {
      source?.close();
      source = null;
    };
    const follow = () => {
      close();
      if (document.hidden) return;
      source = new EventSource("/api/live");
      source.onopen = () => {
        setConnection("live");
        refresh(); // what was recorded since the page was read, or while the connection was lost
      };
      source.onerror = () => setConnection("lost"); // the browser itself comes back
      source.onmessage = refresh;
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      close();
    };
  }, [refresh]);
  return null;
}
