// Points that came by the run's live stream, kept beside the page's own: the stream is one for the whole page.
import { useSyncExternalStore } from "react";
import { DriftPart, type StoredPoint } from "#lib/drift/schema.ts";

const arrived = new Map<string, readonly StoredPoint[]>();
const listeners = new Set<() => void>();
const NONE: readonly StoredPoint[] = [];

function isPoint(value: unknown): value is StoredPoint {
  if (typeof value !== "object" || value === null) return false;
  const { seq, at, score, parts, paused } = value as Record<string, unknown>;
  const isParts = (each: unknown) =>
    typeof each === "object" && each !== null && "part" in each && DriftPart.safeParse(each.part).success;
  return (
    [seq, score].every(Number.isSafeInteger) &&
    typeof at === "string" &&
    typeof paused === "boolean" &&
    Array.isArray(parts) &&
    parts.every(isParts)
  );
}

/** Takes in what one message of the stream says. Throws where it says something else. */
export function takePoints(runId: string, data: string): void {
  const parsed: unknown = JSON.parse(data);
  if (!Array.isArray(parsed) || !parsed.every(isPoint))
    throw new TypeError("The stream sent something that is no drift of a run.");
  arrived.set(runId, merged(arrived.get(runId) ?? NONE, parsed));
  for (const listener of listeners) listener();
}

/** In order, each event once; what came later is right. */
export function merged(before: readonly StoredPoint[], more: readonly StoredPoint[]): readonly StoredPoint[] {
  const known = new Map(before.map((point) => [point.seq, point]));
  for (const point of more) known.set(point.seq, point);
  return [...known.values()].sort((a, b) => a.seq - b.seq);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useLivePoints = (runId: string): readonly StoredPoint[] =>
  useSyncExternalStore(
    subscribe,
    () => arrived.get(runId) ?? NONE,
    () => NONE,
  );
