"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { setConnection } from "./connection.ts";

/** Changes come in bursts: one reading for each. */
const SETTLE_MS = 400;

/** Keeps a page of lists up to date: reads it again whenever the record grows. A hidden tab holds no connection. */
export function LiveRefresh() {
  const router = useRouter();
  useEffect(() => {
    let source: EventSource | null = null;
    let settling: number | undefined;
    const close = () => {
      source?.close();
      source = null;
    };
    const refresh = () => {
      window.clearTimeout(settling);
      settling = window.setTimeout(() => router.refresh(), SETTLE_MS);
    };
    const follow = () => {
      close();
      if (document.hidden) return;
      source = new EventSource("/api/live");
      source.onopen = () => setConnection("live");
      source.onerror = () => setConnection("lost"); // the browser itself comes back
      source.onmessage = refresh;
    };
    const onVisibility = () => {
      follow();
      if (!document.hidden) refresh();
    };
    follow();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      window.clearTimeout(settling);
      close();
    };
  }, [router]);
  return null;
}
