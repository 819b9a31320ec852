// One line of an event, for a list in which events are told apart and ticked.
import type { RunEvent } from "#lib/protocol/events.ts";

export interface EventLine {
  readonly seq: number;
  readonly kind: string;
  /** Its texts, masked. */
  readonly text: string;
  readonly isTaken: boolean;
}

const LONGEST = 240;

const textsOf = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

export function eventLine({ seq, kind, body }: RunEvent): EventLine {
  const text = textsOf(body).join(" · ").replaceAll(/\s+/g, " ").trim();
  const isTaken = "redacted" in body && body.redacted === true;
  return {
    ...{ seq, isTaken, kind: kind.replaceAll("_", " ") },
    text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
  };
}
