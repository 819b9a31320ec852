// What an entry of each kind commits to, and where it is kept.
import { detailOf } from "../../record/rules.ts";
import type { Entry, SubjectNoun } from "../../record/schema.ts";

/** Rows that hold a text an entry knows by its SHA-256. */
export type TextRow =
  | { readonly table: "charter" | "gate" | "evidence" | "approval" | "glass"; readonly id: string }
  | { readonly table: "charter_of"; readonly pilotId: string; readonly digest: string };

/** Rows that hold a reason somebody gave. It may have been replaced by a later one, or taken away. */
export interface ReasonRow {
  readonly table: "approval" | "gate" | "run" | "pilot" | "stop" | "redaction" | "merge" | "message";
  readonly id: string;
}

export type Cited =
  | {
      readonly what: "text";
      readonly name: "charter" | "decision" | "evidence" | "assertion";
      readonly digest: string;
      readonly row: TextRow;
    }
  | { readonly what: "reason"; readonly digest: string; readonly row: ReasonRow }
  | {
      readonly what: "blob";
      readonly name: "manifest" | "diff" | "bundle";
      readonly commitment: string;
      readonly runId: string;
    }
  /** What the agent was told to do. */
  | { readonly what: "task"; readonly commitment: string; readonly runId: string }
  /** What a person wrote to the agent. */
  | { readonly what: "message"; readonly commitment: string; readonly messageId: string }
  /** What a person said about lines of a patch. */
  | { readonly what: "comment"; readonly commitment: string; readonly commentId: string }
  /** What the agent asked before it went on. */
  | { readonly what: "ask"; readonly commitment: string; readonly askId: string }
  /** The head and the items of what a model was asked: `digest` is over their commitments. */
  | { readonly what: "request"; readonly digest: string; readonly callId: string; readonly runId: string }
  | { readonly what: "response"; readonly commitment: string; readonly callId: string }
  | {
      readonly what: "events";
      readonly runId: string;
      readonly from: number;
      readonly to: number;
      readonly root: string;
    };

/** Id of the entry's first subject of a noun. */
export function subjectId({ about }: Pick<Entry, "about">, noun: SubjectNoun): string | null {
  return about.find((subject) => subject.startsWith(`${noun}:`))?.slice(noun.length + 1) ?? null;
}

const KIND = /,"kind":"([a-z_]+\.[a-z_]+)","request":/;
const CITING =
  /^(gate\.|pilot\.(charter_written|activated)$|model\.(called|answered)$|message\.sent$|review\.commented$|ask\.opened$|run\.(launched|evidence_recorded|merge_refused|events_appended|bundle_uploaded|patch_imported)$)/;

/** Whether the canonical text of an entry has to be read for what it cites; most entries cite nothing. */
export function mayCite(text: string): boolean {
  const kind = KIND.exec(text)?.[1];
  return kind === undefined || CITING.test(kind) || text.includes('"reason_sha256"');
}

/** In the order the lines follow the entry. */
export function citedBy(entry: Entry): Cited[] {
  return [...textsCited(entry), ...reasonCited(entry), ...payloadsCited(entry)];
}

function textsCited(entry: Entry): Cited[] {
  const written = detailOf("pilot.charter_written", entry);
  if (written) {
    return [
      {
        what: "text",
        name: "charter",
        digest: written.digest,
        row: { table: "charter", id: written.charter },
      },
    ];
  }
  const activated = detailOf("pilot.activated", entry);
  const pilotId = subjectId(entry, "pilot");
  if (activated && pilotId) {
    const { charter: digest } = activated;
    return [{ what: "text", name: "charter", digest, row: { table: "charter_of", pilotId, digest } }];
  }
  const observed = detailOf("run.evidence_recorded", entry);
  if (observed) {
    const { digest, evidence: id } = observed;
    return [{ what: "text", name: "evidence", digest, row: { table: "evidence", id } }];
  }
  const glass = detailOf("break_glass.used", entry);
  if (glass?.assertion !== undefined) {
    const { assertion: digest, gate: id } = glass;
    return [{ what: "text", name: "assertion", digest, row: { table: "glass", id } }];
  }
  const digest = decisionCited(entry);
  const gateId = subjectId(entry, "gate");
  if (digest === null || gateId === null) return [];
  return [
    { what: "text", name: "decision", digest, row: { table: "gate", id: gateId } },
    ...signatureCited(entry),
  ];
}

/** What a passkey signed, of an approval that was. */
function signatureCited(entry: Entry): Cited[] {
  const given = detailOf("gate.approval_given", entry);
  if (given?.assertion === undefined) return [];
  const { assertion: digest, approval: id } = given;
  return [{ what: "text", name: "assertion", digest, row: { table: "approval", id } }];
}

/** Every entry of a gate says which document it was about. */
function decisionCited(entry: Entry): string | null {
  const detail =
    detailOf("gate.opened", entry) ??
    detailOf("gate.approval_given", entry) ??
    detailOf("gate.approved", entry) ??
    detailOf("gate.denied", entry) ??
    detailOf("gate.expired", entry) ??
    detailOf("gate.voided", entry);
  return detail?.digest ?? null;
}

const REASONS: Partial<Record<string, Exclude<ReasonRow["table"], "approval" | "merge" | "message">>> = {
  "gate.denied": "gate",
  "gate.expired": "gate",
  "gate.voided": "gate",
  "run.cancelled": "run",
  "run.failed": "run",
  "run.rejected": "run",
  "run.patch_refused": "run",
  "run.paused": "run",
  "pilot.returned_to_draft": "pilot",
  "pilot.paused": "pilot",
  "pilot.completed": "pilot",
  "stop.pulled": "stop",
  "payload.redaction_ordered": "redaction",
};

function reasonCited(entry: Entry): Cited[] {
  const digest = entry.detail.reason_sha256;
  if (typeof digest !== "string") return [];
  const approval = detailOf("gate.approval_given", entry)?.approval;
  if (approval) return [{ what: "reason", digest, row: { table: "approval", id: approval } }];
  const merge = detailOf("run.merge_refused", entry)?.merge;
  if (merge) return [{ what: "reason", digest, row: { table: "merge", id: merge } }];
  const message = detailOf("message.undeliverable", entry)?.message;
  if (message) return [{ what: "reason", digest, row: { table: "message", id: message } }];
  const table = REASONS[entry.kind];
  const id = table === undefined ? null : subjectId(entry, table);
  return table && id ? [{ what: "reason", digest, row: { table, id } }] : [];
}

function payloadsCited(entry: Entry): Cited[] {
  const runId = subjectId(entry, "run");
  if (runId === null) return [];
  const said = saidCited(entry, runId);
  if (said) return [said];
  const batch = detailOf("run.events_appended", entry);
  if (batch) return [{ what: "events", runId, from: batch.from, to: batch.to, root: batch.root }];
  const uploaded = detailOf("run.bundle_uploaded", entry);
  if (uploaded) return [{ what: "blob", name: "bundle", commitment: uploaded.commitment, runId }];
  const patch = detailOf("run.patch_imported", entry);
  if (!patch) return [];
  return (["manifest", "diff", "bundle"] as const).map((name) => ({
    what: "blob",
    name,
    commitment: patch[name],
    runId,
  }));
}

/** Between people, agents and models. */
function saidCited(entry: Entry, runId: string): Cited | null {
  const task = detailOf("run.launched", entry)?.task;
  if (task !== undefined) return { what: "task", commitment: task, runId };
  const sent = detailOf("message.sent", entry);
  if (sent) return { what: "message", commitment: sent.text, messageId: sent.message };
  const commented = detailOf("review.commented", entry);
  if (commented) return { what: "comment", commitment: commented.text, commentId: commented.comment };
  const asked = detailOf("ask.opened", entry);
  if (asked) return { what: "ask", commitment: asked.asked, askId: asked.ask };
  const called = detailOf("model.called", entry);
  if (called) return { what: "request", digest: called.request, callId: called.call, runId };
  const answered = detailOf("model.answered", entry);
  if (!answered?.response) return null;
  return { what: "response", commitment: answered.response, callId: answered.call };
}
