// What a live stream needs to know without a browser: reading a message, and when to try again.
import type { EventKind, RunEvent } from "#lib/protocol/events.ts";

const KINDS: Readonly<Record<EventKind, true>> = {
  step_started: true,
  step_finished: true,
  command_started: true,
  command_output: true,
  command_finished: true,
  tests_reported: true,
  note: true,
  cluster_found: true,
  culprit_found: true,
  cluster_repaired: true,
  cluster_given_up: true,
  file_changed: true,
  patch_proposed: true,
  egress: true,
  setup_done: true,
  artefact_handed_in: true,
  artefact_refused: true,
  attempt_started: true,
  attempt_ended: true,
  status_changed: true,
  patch_imported: true,
  evidence_recorded: true,
  session_bound: true,
  turn_started: true,
  prompt_sent: true,
  item_opened: true,
  item_delta: true,
  item_closed: true,
  tree_recorded: true,
  usage_reported: true,
  turn_ended: true,
  agent_line: true,
  relay_refused: true,
  message_delivered: true,
  message_undeliverable: true,
  ask_opened: true,
  ask_settled: true,
  snapshot_taken: true,
  assumption_checked: true,
  model_called: true,
  model_answered: true,
};

function isRunEvent(value: unknown): value is RunEvent {
  if (typeof value !== "object" || value === null) return false;
  const { seq, attempt, at, kind, body } = value as Record<string, unknown>;
  const known =
    typeof kind === "string" && Object.hasOwn(KINDS, kind) && typeof body === "object" && body !== null;
  return known && Number.isSafeInteger(seq) && Number.isSafeInteger(attempt) && typeof at === "string";
}

/** The events of one message: one event, or a list of them. Our own server checked their bodies already. */
export function parseMessage(data: string): RunEvent[] {
  const parsed: unknown = JSON.parse(data);
  const events: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return events.map((event) => {
    if (!isRunEvent(event)) throw new TypeError("The stream sent something that is no event of a run.");
    return event;
  });
}

const ENDS = ["merged", "rejected", "failed", "cancelled"];

/** After this event the run is over and its stream closes. */
export const isLast = (event: RunEvent): boolean =>
  event.kind === "status_changed" && ENDS.includes(event.body.to);

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** Doubles with every failed try, and is never the same for all browsers: half of it is drawn. `random` is 0 to 1. */
export function retryDelay(tries: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  return Math.round(full * (0.5 + random / 2));
}
