// Folds a run's events into its timeline. Pure: the page, a test and an export get the same from the same events.
import type { RunEvent } from "../protocol/events.ts";
import { withAgentEvent } from "./agent.ts";
import type {
  Attempt,
  CommandItem,
  FactItem,
  Mark,
  Step,
  StepOutcome,
  Timeline,
  TimelineItem,
} from "./schema.ts";
import { changedItem, changedStep, grown, newStep, withEntry, withItem } from "./steps.ts";

export const EMPTY: Timeline = {
  seq: 0,
  at: null,
  status: null,
  statusReason: null,
  attempts: [],
  entries: [],
};

/** What to do with an event that arrived after number `seq`. A gap means: ask again from `seq`. */
export function placeOf(seq: number, event: Pick<RunEvent, "seq">): "next" | "known" | "gap" {
  if (event.seq <= seq) return "known";
  return event.seq === seq + 1 ? "next" : "gap";
}

/** Takes one event in. What is known already changes nothing; what leaves a gap is refused. */
export function withEvent(timeline: Timeline, event: RunEvent): Timeline {
  const place = placeOf(timeline.seq, event);
  if (place === "known") return timeline;
  if (place === "gap") throw new RangeError(`Event ${event.seq} does not follow ${timeline.seq}.`);
  return { ...taken(timeline, event), seq: event.seq, at: event.at };
}

export const timelineOf = (events: readonly RunEvent[]): Timeline => events.reduce(withEvent, EMPTY);

function taken(timeline: Timeline, event: RunEvent): Timeline {
  switch (event.kind) {
    case "attempt_started":
      return marked(attemptStarted(timeline, event), event);
    case "attempt_ended":
      return marked(attemptEnded(timeline, event), event);
    case "status_changed":
      return marked({ ...timeline, status: event.body.to, statusReason: event.body.reason || null }, event);
    case "patch_imported":
    case "evidence_recorded":
      return marked(timeline, event);
    case "step_started":
      return withEntry(timeline, newStep(timeline, event, event.body));
    case "step_finished":
      return stepFinished(timeline, event);
    case "command_started":
      return withItem(timeline, event, {
        kind: "command",
        seq: event.seq,
        at: event.at,
        ...event.body,
        output: "",
        cut: 0,
        finished: null,
        tests: null,
        item: null,
        status: null,
        treeAfter: null,
        changed: null,
      });
    case "command_output":
      return changedCommand(timeline, event, event.body.command, (item) => grown(item, event.body.text));
    case "command_finished": {
      const { command, ...finished } = event.body;
      return changedCommand(timeline, event, command, (item) => ({ ...item, finished }));
    }
    case "tests_reported": {
      const { command, ...tests } = event.body;
      return changedCommand(timeline, event, command, (item) => ({ ...item, tests }));
    }
    case "note":
    case "cluster_found":
    case "culprit_found":
    case "cluster_repaired":
    case "cluster_given_up":
    case "file_changed":
    case "patch_proposed":
    case "egress":
    case "setup_done":
    case "artefact_handed_in":
    case "artefact_refused":
      return withItem(timeline, event, {
        kind: event.kind,
        seq: event.seq,
        at: event.at,
        body: event.body,
      } as FactItem);
    default:
      return withAgentEvent(timeline, event);
  }
}

function marked(timeline: Timeline, event: Extract<RunEvent, { kind: Mark["what"] }>): Timeline {
  const { kind: what, seq, at, attempt, body } = event;
  return withEntry(timeline, { kind: "mark", what, seq, at, attempt, body } as Mark);
}

function attemptStarted(timeline: Timeline, event: Extract<RunEvent, { kind: "attempt_started" }>): Timeline {
  const attempt: Attempt = {
    attempt: event.attempt,
    ...event.body,
    startedAt: event.at,
    endedAt: null,
    endReason: null,
  };
  return { ...interrupted(timeline, event.at), attempts: [...timeline.attempts, attempt] };
}

function attemptEnded(timeline: Timeline, event: Extract<RunEvent, { kind: "attempt_ended" }>): Timeline {
  const attempts = timeline.attempts.map((attempt) =>
    attempt.attempt === event.attempt
      ? { ...attempt, endedAt: event.at, endReason: event.body.reason }
      : attempt,
  );
  return { ...interrupted(timeline, event.at), attempts };
}

/** Nothing of an attempt goes on once it is over or another one began. */
function interrupted(timeline: Timeline, at: string): Timeline {
  if (!timeline.entries.some((entry) => entry.kind === "step" && entry.outcome === "working"))
    return timeline;
  const entries = timeline.entries.map((entry) => {
    if (entry.kind !== "step" || entry.outcome !== "working") return entry;
    // What came before the first step was never announced as a step, so it ends without a verdict.
    const outcome: StepOutcome = entry.step === 0 ? "done" : "interrupted";
    return { ...entry, outcome, finishedAt: at };
  });
  return { ...timeline, entries };
}

function stepFinished(timeline: Timeline, event: Extract<RunEvent, { kind: "step_finished" }>): Timeline {
  const { step: number, outcome, detail } = event.body;
  return changedStep(
    timeline,
    event,
    ({ step, turn }) => turn === null && step === number,
    (step) => ({ ...step, outcome, detail, finishedAt: event.at }),
  );
}

function changedCommand(
  timeline: Timeline,
  event: RunEvent,
  command: number,
  change: (item: CommandItem) => CommandItem,
): Timeline {
  const isIt = (item: TimelineItem): item is CommandItem =>
    item.kind === "command" && item.command === command;
  return changedItem(timeline, event, isIt, change);
}

/** The plan beside the timeline: the announced steps of the run's last attempt of each phase. */
export function planOf(timeline: Timeline): Step[] {
  const last = new Map(timeline.attempts.map(({ phase, attempt }) => [phase, attempt]));
  return timeline.entries.filter(
    (entry): entry is Step =>
      entry.kind === "step" && entry.step > 0 && (last.get(entry.phase) ?? entry.attempt) === entry.attempt,
  );
}

export interface TimelineCounts {
  readonly steps: number;
  readonly events: number;
  readonly commands: number;
  /** From the first event to the last. */
  readonly milliseconds: number;
}

export function countsOf(timeline: Timeline): TimelineCounts {
  const steps = timeline.entries.filter((entry) => entry.kind === "step");
  const first = timeline.entries[0];
  const from = first ? Date.parse(first.kind === "step" ? first.startedAt : first.at) : 0;
  return {
    steps: steps.length,
    events: timeline.seq,
    commands: steps.reduce(
      (sum, { items }) => sum + items.filter(({ kind }) => kind === "command").length,
      0,
    ),
    milliseconds: timeline.at ? Math.max(0, Date.parse(timeline.at) - from) : 0,
  };
}

/** How many files came beside the patch, those left in the sandbox included. */
export const handedIn = (timeline: Timeline): number =>
  timeline.entries.reduce(
    (sum, entry) =>
      sum +
      (entry.kind === "step" ? entry.items.filter(({ kind }) => kind.startsWith("artefact_")).length : 0),
    0,
  );

export type TimelineFilter = "all" | "agent" | "people" | "commands" | "findings" | "files";

const SHOWN: Readonly<Record<Exclude<TimelineFilter, "all">, readonly TimelineItem["kind"][]>> = {
  agent: ["prompt", "item"],
  people: ["prompt", "message", "ask"],
  commands: ["command"],
  findings: [
    "note",
    "cluster_found",
    "culprit_found",
    "cluster_repaired",
    "cluster_given_up",
    "relay_refused",
    "egress",
  ],
  files: ["file_changed", "patch_proposed", "artefact_handed_in", "artefact_refused"],
};

/** Steps that hold something of the chosen sort, with nothing else in them. */
export function filtered(timeline: Timeline, filter: TimelineFilter): readonly (Step | Mark)[] {
  if (filter === "all") return timeline.entries;
  const kinds = SHOWN[filter];
  return timeline.entries.flatMap((entry) => {
    if (entry.kind === "mark") return [];
    const items = entry.items.filter(({ kind }) => kinds.includes(kind));
    return items.length === 0 ? [] : [{ ...entry, items }];
  });
}

/** How many hosts setup reached, as far as the timeline is there. */
export function hostsReached({ entries }: Timeline): number {
  const hosts = entries
    .flatMap((entry) => (entry.kind === "step" ? entry.items : []))
    .flatMap((item) => (item.kind === "egress" && item.body.verdict === "allowed" ? [item.body.host] : []));
  return new Set(hosts).size;
}

export interface Spent {
  readonly calls: number;
  /** Of the calls that are over. */
  readonly micros: number;
}

/** What the run's calls of models cost so far, as far as the timeline is there. */
export function spentOf({ entries }: Timeline): Spent {
  const calls = entries
    .flatMap((entry) => (entry.kind === "step" ? entry.items : []))
    .filter((item) => item.kind === "call");
  return {
    calls: calls.length,
    micros: calls.reduce((sum, { answered }) => sum + (answered?.micros ?? 0), 0),
  };
}
