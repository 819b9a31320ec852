// Decisions of a lease's life, without its clocks and processes.
import type { NewEvent } from "#lib/protocol/events.ts";

export type ContactState = "in_contact" | "paused" | "lost";

/** A runner that hears nothing pauses its sandbox after `pauseAfter` and gives it up after twice that (same unit). */
export function contactState(silent: number, pauseAfter: number): ContactState {
  if (silent >= 2 * pauseAfter) return "lost";
  return silent >= pauseAfter ? "paused" : "in_contact";
}

/** How long the state stays what it is when nothing is heard. */
export function untilNextState(silent: number, pauseAfter: number): number {
  return Math.max(0, (silent >= pauseAfter ? 2 * pauseAfter : pauseAfter) - silent);
}

export type EndKind = "cancelled" | "time_used_up" | "broken" | "fenced" | "contact_lost" | "shutting_down";

/** Ends after which the lease is somebody else's, or soon will be: nothing more may be sent for it. */
const SILENT: readonly EndKind[] = ["fenced", "contact_lost", "shutting_down"];
export const isSilent = (kind: EndKind): boolean => SILENT.includes(kind);

/** Why a lease ended before its work did; the reason of its abort signals. */
export class LeaseEnded extends Error {
  readonly kind: EndKind;

  constructor(kind: EndKind, sentence: string) {
    super(sentence);
    this.name = "LeaseEnded";
    this.kind = kind;
  }
}

/** Longest text of one output event, UTF-16 units. */
export const MAX_OUTPUT_TEXT = 16_384;

/** Cuts a text into pieces of at most `max` units, never between the halves of a surrogate pair. */
export function cutText(text: string, max = MAX_OUTPUT_TEXT): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + max, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff && end - start > 1) end--;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

type Output = Extract<NewEvent, { kind: "command_output" }>;

/** Two outputs of one stream as one event, or null when they are none or it would be too long. */
export function mergeOutput(one: NewEvent, next: NewEvent): Output | null {
  if (one.kind !== "command_output" || next.kind !== "command_output") return null;
  const fits = one.body.text.length + next.body.text.length <= MAX_OUTPUT_TEXT;
  if (!fits || one.body.command !== next.body.command || one.body.stream !== next.body.stream) return null;
  return { kind: "command_output", body: { ...one.body, text: one.body.text + next.body.text } };
}

export interface OutputGate {
  /** The events to keep of this one: none for what exceeds the limit, several for a long output. */
  pass(event: NewEvent): NewEvent[];
}

/** Keeps at most `limit` bytes of each stream of each command and counts the rest into `command_finished`. */
export function createOutputGate(limit: number): OutputGate {
  const kept = new Map<string, number>();
  const dropped = new Map<number, number>();

  function passOutput({ body }: Output): NewEvent[] {
    const key = `${body.command} ${body.stream}`;
    return cutText(body.text).flatMap((text): NewEvent[] => {
      const bytes = Buffer.byteLength(text);
      const soFar = kept.get(key) ?? 0;
      if (soFar + bytes > limit) {
        kept.set(key, limit);
        dropped.set(body.command, (dropped.get(body.command) ?? 0) + bytes);
        return [];
      }
      kept.set(key, soFar + bytes);
      return [{ kind: "command_output", body: { ...body, text } }];
    });
  }

  return {
    pass(event) {
      if (event.kind === "command_output") return passOutput(event);
      if (event.kind !== "command_finished") return [event];
      const { command } = event.body;
      const count = event.body.dropped + (dropped.get(command) ?? 0);
      dropped.delete(command);
      for (const stream of ["stdout", "stderr"]) kept.delete(`${command} ${stream}`);
      return [{ kind: "command_finished", body: { ...event.body, dropped: count } }];
    },
  };
}

/** What the end of a run's time leaves to interrupt the agent and hand its work in, of all the seconds it has. */
export const secondsToHandIn = (maxSeconds: number): number =>
  Math.min(60, Math.max(10, maxSeconds / 10), maxSeconds / 4);
