// An agent's own events in a timeline: turns are steps, and what it says and does are their items.
import type { AgentEventKind, RunEvent } from "../protocol/events.ts";
import type {
  AgentItem,
  CallItem,
  CommandItem,
  FactItem,
  PromptItem,
  StepOutcome,
  Timeline,
  TimelineItem,
} from "./schema.ts";
import { withSteeringEvent } from "./steering.ts";
import { changedItem, changedStep, grown, newStep, withEntry, withItem } from "./steps.ts";

type AgentEvent = Extract<RunEvent, { kind: AgentEventKind }>;
type Of<Kind extends AgentEventKind> = Extract<RunEvent, { kind: Kind }>;

export function withAgentEvent(timeline: Timeline, event: AgentEvent): Timeline {
  switch (event.kind) {
    case "turn_started": {
      const { turn } = event.body;
      return withEntry(timeline, newStep(timeline, event, { step: 0, title: `Turn ${turn}`, turn }));
    }
    case "turn_ended":
      return turnEnded(timeline, event);
    case "prompt_sent":
      return prompted(timeline, event);
    case "item_opened":
      return opened(timeline, event);
    case "item_delta":
      return changedItem(timeline, event, isItem(event.body.item), (item) => grown(item, event.body.text));
    case "item_closed":
      return closed(timeline, event);
    case "tree_recorded": {
      const { item: number, tree, paths, more = 0 } = event.body;
      const changed = paths === undefined ? null : { paths, more };
      const change = <T extends AgentItem | CommandItem>(item: T): T => ({
        ...item,
        treeAfter: tree,
        changed,
      });
      const marked = changedItem(timeline, event, isItem(number), change);
      return marked === timeline ? changedItem(timeline, event, isCommandOf(number), change) : marked;
    }
    case "session_bound":
    case "usage_reported":
    case "relay_refused":
    case "assumption_checked":
      return withItem(timeline, event, {
        kind: event.kind,
        seq: event.seq,
        at: event.at,
        body: event.body,
      } as FactItem);
    case "message_delivered":
    case "message_undeliverable":
    case "ask_opened":
    case "ask_settled":
    case "snapshot_taken":
      return withSteeringEvent(timeline, event);
    case "model_called": {
      const { seq, at, body } = event;
      return withItem(timeline, event, { kind: "call", seq, at, ...body, answered: null });
    }
    case "model_answered": {
      const { call, ...answered } = event.body;
      const isIt = (item: TimelineItem): item is CallItem => item.kind === "call" && item.call === call;
      return changedItem(timeline, event, isIt, (item) => ({ ...item, answered }));
    }
    // Kept word for word in the log; what it says stands in the items.
    case "agent_line":
      return timeline;
  }
}

const isItem =
  (number: number) =>
  (item: TimelineItem): item is AgentItem =>
    item.kind === "item" && item.item === number;

const isCommandOf =
  (number: number) =>
  (item: TimelineItem): item is CommandItem =>
    item.kind === "command" && item.item === number;

function opened(timeline: Timeline, event: Of<"item_opened">): Timeline {
  const { seq, at, body } = event;
  const { item, type, title, command } = body;
  if (command === undefined) {
    const closed = { status: null, exit: null, treeAfter: null, changed: null };
    return withItem(timeline, event, {
      ...{ kind: "item", seq, at, item, type, title, output: "", cut: 0 },
      ...closed,
    });
  }
  // Its command was announced just before and stands for it.
  const isIt = (each: TimelineItem): each is CommandItem =>
    each.kind === "command" && each.command === command;
  return changedItem(timeline, event, isIt, (each) => ({ ...each, item }));
}

function closed(timeline: Timeline, event: Of<"item_closed">): Timeline {
  const { item: number, status, exit = null } = event.body;
  const done = changedItem(timeline, event, isItem(number), (item) => ({ ...item, status, exit }));
  if (done !== timeline) return done;
  return changedItem(timeline, event, isCommandOf(number), (item) => ({ ...item, status }));
}

/** A long prompt comes in parts, one after the other. */
function prompted(timeline: Timeline, event: Of<"prompt_sent">): Timeline {
  const { seq, at, body } = event;
  const { part = 1, ...prompt } = body;
  if (part === 1) return withItem(timeline, event, { kind: "prompt", seq, at, ...prompt, messages: [] });
  const isIt = (item: TimelineItem): item is PromptItem => item.kind === "prompt" && item.turn === body.turn;
  return changedItem(timeline, event, isIt, (item) => ({ ...item, text: item.text + body.text }));
}

const OUTCOME: Readonly<Record<Of<"turn_ended">["body"]["status"], StepOutcome>> = {
  completed: "done",
  interrupted: "interrupted",
  failed: "failed",
};

function turnEnded(timeline: Timeline, event: Of<"turn_ended">): Timeline {
  const { turn, status, error = "" } = event.body;
  return changedStep(
    timeline,
    event,
    (step) => step.turn === turn,
    (step) => ({ ...step, outcome: OUTCOME[status], detail: error, finishedAt: event.at }),
  );
}
