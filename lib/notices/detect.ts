// What an entry says that somebody may want to be told of. Pure; ids and closed words only.
import { isGrave } from "../findings/rules.ts";
import { detailOf } from "../record/rules.ts";
import type { Entry } from "../record/schema.ts";
import { PEOPLE_KINDS, peopleNotice } from "./people/detect-people.ts";
import type { NoticeEvent, NoticeFacts, NoticeKind } from "./schema.ts";

export const WATCHED_KINDS = [
  "gate.opened",
  "gate.approval_withdrawn",
  "run.merged",
  "run.rejected",
  "run.cancelled",
  "run.agent_finished",
  "run.failed",
  "run.patch_refused",
  "pilot.paused",
  "pilot.tripped",
  "pilot.wire_tripped",
  "pilot.wire_step_done",
  "stop.pulled",
  "finding.opened",
  "finding.reopened",
  "channel.failing",
  "person.emergency_signed_in",
  "break_glass.used",
  ...PEOPLE_KINDS,
] as const;

const subject = (entry: Entry, noun: string): string | undefined =>
  entry.about.find((about) => about.startsWith(`${noun}:`))?.slice(noun.length + 1);

/** How it is said that a run ended; of those that ended as they should. */
const ENDED: Readonly<Record<string, string>> = {
  "run.merged": "merged",
  "run.rejected": "rejected",
  "run.cancelled": "cancelled",
};
const FAILED: Readonly<Record<string, string>> = { "run.failed": "failed", "run.patch_refused": "refused" };

/** Null where nobody is told of it. `at`: when it was numbered. */
export function detectNotice(entry: Entry, at: number): NoticeEvent | null {
  const pilotId = subject(entry, "pilot") ?? null;
  const runId = subject(entry, "run");
  const event = (
    kind: NoticeKind,
    facts: NoticeFacts,
    grave = false,
    key = `entry:${entry.id}`,
  ): NoticeEvent => ({
    ...{ kind, key, pilotId, at, grave },
    facts: { ...(runId === undefined ? {} : { runId }), ...facts },
  });
  const gateId = subject(entry, "gate");
  if (entry.kind === "gate.opened" && gateId)
    return event("gate_waiting", { gateId }, false, `gate:${gateId}`);
  const withdrawn = detailOf("gate.approval_withdrawn", entry);
  if (withdrawn && gateId) return event("gate_waiting", { gateId }, false, `withdrawn:${withdrawn.approval}`);
  if (entry.kind === "break_glass.used" && gateId) return event("glass_broken", { gateId }, true);
  const how = ENDED[entry.kind] ?? (isUnchanged(entry) ? "unchanged" : undefined);
  if (how !== undefined) return event("run_finished", { how });
  const failed = FAILED[entry.kind];
  if (failed !== undefined) return event("run_failed", { how: failed });
  const paused = detailOf("pilot.paused", entry);
  if (paused) return event("pilot_paused", { how: paused.by }, paused.by === "tripwire");
  // What a tripwire does beside warning pauses the pilot, and that is told.
  if (detailOf("pilot.tripped", entry)?.action === "warn") return event("pilot_tripped", {});
  if (detailOf("pilot.wire_tripped", entry)?.steps.includes("warn"))
    return event("pilot_tripped", { how: "number" });
  if (detailOf("pilot.wire_step_done", entry)?.step === "escalate")
    return event("pilot_tripped", { how: "number", escalated: true }, true);
  const stopId = subject(entry, "stop");
  if (entry.kind === "stop.pulled" && stopId) return event("stop_pulled", { stopId }, true);
  const personId = subject(entry, "person");
  if (entry.kind === "person.emergency_signed_in" && personId)
    return event("emergency_sign_in", { personId }, true);
  return peopleNotice(entry, at, event) ?? findingNotice(entry, event) ?? channelNotice(entry, event);
}

type Make = (kind: NoticeKind, facts: NoticeFacts, grave?: boolean) => NoticeEvent;

const isUnchanged = (entry: Entry): boolean => detailOf("run.agent_finished", entry)?.outcome === "no_change";

/** One that was dismissed as it came disturbs nobody. */
function findingNotice(entry: Entry, event: Make): NoticeEvent | null {
  const findingId = subject(entry, "finding");
  const opened = detailOf("finding.opened", entry);
  const severity = opened?.severity ?? detailOf("finding.reopened", entry)?.severity;
  if (!findingId || severity === undefined || !isGrave(severity)) return null;
  return (opened?.suppression ?? null) === null ? event("grave_finding", { findingId }, true) : null;
}

function channelNotice(entry: Entry, event: Make): NoticeEvent | null {
  const channelId = subject(entry, "channel");
  return entry.kind === "channel.failing" && channelId ? event("deliveries_failing", { channelId }) : null;
}
