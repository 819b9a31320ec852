// A timeline's steps and the items in them, changed without touching what was there.
import type { RunEvent } from "../protocol/events.ts";
import type { Mark, Step, Timeline, TimelineItem } from "./schema.ts";

/** Kept of one command's output or one item's text; a page that held more would not scroll. */
export const OUTPUT_CHARACTERS = 200_000;

export const withEntry = (timeline: Timeline, entry: Step | Mark): Timeline => ({
  ...timeline,
  entries: [...timeline.entries, entry],
});

export function newStep(
  timeline: Timeline,
  event: RunEvent,
  { step, title, turn = null }: Pick<Step, "step" | "title"> & { turn?: number | null },
): Step {
  const phase = timeline.attempts.findLast(({ attempt }) => attempt === event.attempt)?.phase ?? "agent";
  return {
    kind: "step",
    seq: event.seq,
    attempt: event.attempt,
    phase,
    step,
    turn,
    title,
    outcome: "working",
    detail: "",
    startedAt: event.at,
    finishedAt: null,
    observedBy: event.observedBy,
    items: [],
  };
}

/** Changes the last step of the event's attempt that is the one; nothing where there is none. */
export function changedStep(
  timeline: Timeline,
  { attempt }: RunEvent,
  isIt: (step: Step) => boolean,
  change: (step: Step) => Step,
): Timeline {
  const at = timeline.entries.findLastIndex(
    (entry) => entry.kind === "step" && entry.attempt === attempt && isIt(entry),
  );
  const step = timeline.entries[at];
  if (step?.kind !== "step") return timeline;
  return { ...timeline, entries: timeline.entries.with(at, change(step)) };
}

/** Adds to the attempt's open step, or opens one for what came before any. */
export function withItem(timeline: Timeline, event: RunEvent, item: TimelineItem): Timeline {
  const changed = changedStep(
    timeline,
    event,
    () => true,
    (step) => ({ ...step, items: [...step.items, item] }),
  );
  if (changed !== timeline) return changed;
  const step = newStep(timeline, event, { step: 0, title: "Before the first step" });
  return withEntry(timeline, { ...step, items: [item] });
}

/** Changes the newest item of the event's attempt that is the one; nothing where there is none. */
export function changedItem<Item extends TimelineItem>(
  timeline: Timeline,
  event: RunEvent,
  isIt: (item: TimelineItem) => item is Item,
  change: (item: Item) => TimelineItem,
): Timeline {
  return changedStep(
    timeline,
    event,
    (step) => step.items.some(isIt),
    (step) => {
      const at = step.items.findLastIndex(isIt);
      const item = step.items[at];
      return item !== undefined && isIt(item) ? { ...step, items: step.items.with(at, change(item)) } : step;
    },
  );
}

/** Text that grows at its end and is cut at its beginning. */
export interface Growing {
  readonly output: string;
  readonly cut: number;
}

export function grown<T extends Growing>(item: T, text: string): T {
  const output = item.output + text;
  const over = Math.max(0, output.length - OUTPUT_CHARACTERS);
  return over === 0 ? { ...item, output } : { ...item, output: output.slice(over), cut: item.cut + over };
}
