// Keeps a flood of refusals from filling the record: per key a few entries a minute, and the next entry that
// is written says how many were not. Per process and in memory; the refusals themselves are never skipped.
import { MINUTE } from "../../clock.ts";

interface Window {
  startedAt: number;
  written: number;
  unwritten: number;
}

const MOST_KEYS = 10_000;

export type FloodGate = (key: string, now: number) => { readonly write: boolean; readonly unwritten: number };

export function floodGate(perMinute: number): FloodGate {
  const windows = new Map<string, Window>();
  return (key, now) => {
    const known = windows.get(key);
    const fresh = !known || now - known.startedAt >= MINUTE;
    const window = fresh ? { startedAt: now, written: 0, unwritten: known?.unwritten ?? 0 } : known;
    if (fresh) {
      windows.delete(key); // to the end of the map: the oldest key goes first
      windows.set(key, window);
      const oldest = windows.keys().next().value;
      if (windows.size > MOST_KEYS && oldest !== undefined) windows.delete(oldest);
    }
    if (window.written >= perMinute) {
      window.unwritten++;
      return { write: false, unwritten: 0 };
    }
    const unwritten = window.unwritten;
    window.written++;
    window.unwritten = 0;
    return { write: true, unwritten };
  };
}
