// What people and the agent said to each other, and what a lost run goes on from, in a timeline.
import type { RunEvent } from "../protocol/events.ts";
import type { AskItem, Mark, PromptItem, SnapshotItem, Timeline, TimelineItem } from "./schema.ts";
import { changedItem, withItem } from "./steps.ts";

type SteeringKind =
  | "message_delivered"
  | "message_undeliverable"
  | "ask_opened"
  | "ask_settled"
  | "snapshot_taken";
type SteeringEvent = Extract<RunEvent, { kind: SteeringKind }>;
type Of<Kind extends SteeringKind> = Extract<RunEvent, { kind: Kind }>;

export function withSteeringEvent(timeline: Timeline, event: SteeringEvent): Timeline {
  const { seq, at, attempt } = event;
  switch (event.kind) {
    case "message_delivered":
      return delivered(timeline, event);
    case "message_undeliverable": {
      const { message, reason } = event.body;
      return withItem(timeline, event, { kind: "message", seq, at, message, effect: null, reason });
    }
    case "ask_opened": {
      const { ask, ...question } = event.body;
      return withItem(timeline, event, { kind: "ask", seq, at, attempt, ask, question, settled: null });
    }
    case "ask_settled":
      return settled(timeline, event);
    case "snapshot_taken":
      return withItem(timeline, event, { kind: "snapshot", seq, at, attempt, ...event.body });
  }
}

/** Words that were sent to the agent just before are this message; one without such words stands for itself. */
function delivered(timeline: Timeline, event: Of<"message_delivered">): Timeline {
  const { seq, at, body } = event;
  const words = promptsOf(timeline, event.attempt);
  const last = words.at(-1);
  // The first goal of an attempt is its task, which no message brought.
  const isMessage = last?.origin === "steer" || (last?.origin === "goal" && words.length > 1);
  if (!isMessage) return withItem(timeline, event, { kind: "message", seq, at, ...body, reason: null });
  const isIt = (item: TimelineItem): item is PromptItem => item === last;
  return changedItem(timeline, event, isIt, (item) => ({ ...item, messages: [...item.messages, body] }));
}

function promptsOf({ entries }: Timeline, attempt: number): PromptItem[] {
  return entries
    .flatMap((entry) => (entry.kind === "step" && entry.attempt === attempt ? entry.items : []))
    .filter((item) => item.kind === "prompt");
}

/** Also of asks that nobody was asked: then it is all there is to tell. */
function settled(timeline: Timeline, event: Of<"ask_settled">): Timeline {
  const { seq, at, attempt } = event;
  const { ask, decision, by, rule = null } = event.body;
  const end = { decision, by, rule, at };
  const isIt = (item: TimelineItem): item is AskItem =>
    item.kind === "ask" && item.ask === ask && item.settled === null;
  const known = changedItem(timeline, event, isIt, (item) => ({ ...item, settled: end }));
  if (known !== timeline) return known;
  return withItem(timeline, event, { kind: "ask", seq, at, attempt, ask, question: null, settled: end });
}

function itemsOf({ entries }: Timeline): TimelineItem[] {
  return entries.flatMap((entry) => (entry.kind === "step" ? entry.items : []));
}

/** The newest snapshot: what a run that is lost now goes on from. */
export const newestSnapshot = (timeline: Timeline): SnapshotItem | null =>
  itemsOf(timeline).findLast((item) => item.kind === "snapshot") ?? null;

/** What an attempt of the agent that begins with this mark found to go on from; null where it begins anew. */
export function snapshotBefore(timeline: Timeline, mark: Mark): SnapshotItem | null {
  if (mark.what !== "attempt_started" || mark.body.phase !== "agent") return null;
  const before = itemsOf(timeline).findLast((item) => item.kind === "snapshot" && item.seq < mark.seq);
  if (before?.kind !== "snapshot" || before.attempt >= mark.attempt) return null;
  // Work that was handed in is over: what comes after it begins on the newest base.
  const handedIn = timeline.entries.some(
    (entry) =>
      entry.kind === "mark" &&
      entry.what === "patch_imported" &&
      entry.seq > before.seq &&
      entry.seq < mark.seq,
  );
  return handedIn ? null : before;
}

/** Numbers of the events by which an attempt took up the session of an earlier one. */
export function takenUp(timeline: Timeline): number[] {
  const bound = itemsOf(timeline).filter((item) => item.kind === "session_bound");
  return bound
    .filter(({ body: { native } }, index) => bound.slice(0, index).some(({ body }) => body.native === native))
    .map(({ seq }) => seq);
}

/** Asks that the events leave open; the newest attempt's only, for a lost one's have run out. */
export function openAsks(timeline: Timeline): AskItem[] {
  return itemsOf(timeline).filter(
    (item): item is AskItem => item.kind === "ask" && item.question !== null && item.settled === null,
  );
}

const STEERS: readonly RunEvent["kind"][] = [
  "message_delivered",
  "message_undeliverable",
  "ask_opened",
  "ask_settled",
  "snapshot_taken",
  "status_changed",
  "attempt_ended",
];

/** Whether what the page read from tables (messages, asks, gates) may have changed by this event. */
export const changesSteering = ({ kind }: Pick<RunEvent, "kind">): boolean => STEERS.includes(kind);
