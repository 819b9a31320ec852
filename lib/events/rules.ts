import { createHash } from "node:crypto";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { canonicalText } from "../record/rules.ts";

/** JSON that Postgres can hold: NUL shown as ␀, lone surrogates replaced. Everything else stays as it is. */
export function storable<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "\u2400") as T;
  if (Array.isArray(value)) return value.map((item) => storable(item)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [storable(key), storable(item)]),
    ) as T;
  }
  return value;
}

/** Text of the column `at`: milliseconds, UTC. */
export const eventTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

export function numbered(
  first: number,
  attempt: number,
  observedBy: RunEvent["observedBy"],
  events: readonly { readonly at: string; readonly event: NewEvent }[],
): RunEvent[] {
  return events.map(({ at, event }, index) => ({
    ...storable(event),
    seq: first + index,
    attempt,
    at: eventTime(Date.parse(at)),
    observedBy,
  }));
}

/** SHA-256 over one canonical line per event: what the log binds a batch by. */
export function batchDigest(events: readonly RunEvent[]): string {
  const hash = createHash("sha256");
  for (const { seq, attempt, at, observedBy, kind, body } of events) {
    hash.update(`${canonicalText({ seq, attempt, at, observedBy, kind, body })}\n`);
  }
  return hash.digest("hex");
}
