// What the entries about merges mean together: that enough people, of the right roles and none of them the launcher,
// approved exactly what was merged. Keeps the runs that have not ended and who may approve by each charter, nothing else.

import { type Entry, idOf, isMembers, type Members, parsed, runsOf } from "../members.ts";
import type { Document } from "../payloads.ts";
import { type Findings, shown } from "../report.ts";
import { type ApprovalRule, ruleOf } from "./charters.ts";
import { createGlass, glassRolesOf } from "./glass.ts";
import {
  gateOf,
  judgeIntent,
  judgeMerged,
  otherThanMerged,
  type Run,
  UNKNOWN_LAUNCHER,
  type Verdict,
} from "./judge.ts";
import { reportKey } from "./outside.ts";

/** What a merge is decided by: the gate's people, or one person past it. */
const DECIDING: readonly unknown[] = ["merge", "break_glass"];

/** Documents are kept until their run ends; one of ours has a few KiB. */
const MAX_DECISION = 1 << 16;

export function createMerges(findings: Findings, isSigned: (approval: Entry) => boolean) {
  const runs = new Map<string, Run>();
  /** By digest, who has to approve; null where the text does not say it. */
  const charters = new Map<unknown, ApprovalRule | null>();
  /** By digest, which roles may break the glass. */
  const glassRoles = new Map<unknown, readonly unknown[] | null>();
  const glass = createGlass(findings, isSigned);
  let merges = 0;

  function runOf(entry: Entry): Run {
    const id = idOf(entry, "run");
    const run = runs.get(id) ?? {
      ...{ launchers: null, charter: null, gates: new Map(), documents: new Map(), glass: new Map() },
      ...{ reports: new Map(), intent: null, commit: null },
    };
    if (id !== "") runs.set(id, run);
    return run;
  }

  const tell = (entry: Entry, [outcome, says]: Verdict) =>
    findings.add("merges", outcome, `Merge of ${shown(idOf(entry, "run"))}: ${says}.`, entry.index);

  function judge(entry: Entry, run: Run, isWhole: boolean): void {
    const { decision } = entry.detail;
    const document = run.documents.get(decision);
    const charter = document?.charter;
    run.intent = entry.detail;
    if (document?.decides === "break_glass") {
      tell(entry, judgeGlass(entry, run, document, isWhole ? "fails" : "not_shown"));
      return;
    }
    const rules = [charters.get(charter), charters.get(document?.inForce) ?? null] as const;
    const verdict = judgeIntent(entry, run, rules, isWhole ? "fails" : "not_shown", isSigned);
    tell(entry, verdict);
    const says =
      "its charter is not in this file, so how many it asks for, and in which roles, was not compared";
    if (verdict[0] === "holds" && !charters.has(charter)) tell(entry, ["note", says]);
  }

  function judgeGlass(entry: Entry, run: Run, document: Members, missing: "fails" | "not_shown"): Verdict {
    const other = otherThanMerged(entry, run, document);
    if (other !== null) return other;
    const { launchers } = run;
    if (launchers === null) return [missing, UNKNOWN_LAUNCHER];
    const used = run.glass.get(entry.detail.decision);
    const rules = [charters.get(document.charter), charters.get(document.inForce)];
    const isAsked = document.method === "passkey" || rules.some((rule) => rule?.isSigned);
    return glass.judge({ entry, document, used, launchers, roles: namedBy(document), isAsked });
  }

  /** By the run's charter, and by the one in force where it is shown. */
  function namedBy({ charter, inForce }: Members): readonly unknown[] | null | undefined {
    const [own, now] = [glassRoles.get(charter), glassRoles.get(inForce)];
    return own && now !== undefined ? own.filter((role) => now?.includes(role)) : own;
  }

  return {
    /** An entry, before what follows it. */
    open(entry: Entry): void {
      const isMerge = /^run\.(merge_intended|merged)$/.test(entry.kind);
      const isAboutOneRun = runsOf(entry).length === 1 && idOf(entry, "run") !== "";
      if (isMerge && !isAboutOneRun)
        findings.add("merges", "fails", "It is of a merge, and not about one run.", entry.index);
      if (entry.kind === "run.merge_intended" || (isMerge && !isAboutOneRun)) merges += 1;
      glass.review(entry);
      note(entry, runOf(entry));
    },
    /** A document that the entry cites. */
    document(entry: Entry, { name, sha256, text }: Document): void {
      if (name === "charter") {
        charters.set(sha256, ruleOf(text));
        glassRoles.set(sha256, glassRolesOf(text));
      }
      if (name !== "decision" || text.length > MAX_DECISION) return;
      const document = parsed(text);
      if (document === undefined)
        findings.add("contents", "fails", "Its decision document is not JSON.", entry.index);
      if (isMembers(document) && DECIDING.includes(document.decides))
        runOf(entry).documents.set(sha256, document);
    },
    /** Nothing more belongs to the entry; `isWhole`: no leaf before it was left out. */
    close(entry: Entry, isWhole: boolean): void {
      const [id, run] = [idOf(entry, "run"), runOf(entry)];
      if (id === "") return;
      if (entry.kind === "run.merge_intended") judge(entry, run, isWhole);
      if (entry.kind === "run.merged") tell(entry, judgeMerged(entry, run, isWhole ? "fails" : "not_shown"));
      if (/^run\.(merged|rejected|failed|cancelled)$/.test(entry.kind)) runs.delete(id);
    },
    finish(): void {
      glass.finish();
      if (merges === 0) findings.add("merges", "note", "No merge is among the entries shown.");
    },
  };
}

/** Whether a person stands for it: by a session of theirs, or by a token of theirs. */
const isPersons = ({ kind }: Members): boolean => kind === "user" || kind === "token";

/** Keeps what an entry says about its run. */
function note(entry: Entry, run: Run): void {
  const { kind, actor, detail } = entry;
  if (kind === "run.launched") {
    run.launchers = [...(run.launchers ?? []), ...(isPersons(actor) ? [String(actor.personId)] : [])];
    run.charter = detail.charter;
  } else if (kind === "gate.approval_given") {
    const gate = gateOf(entry, run);
    if (detail.decision === "approve" && gate.closed === null) gate.approvals.push(entry);
  } else if (kind === "gate.approval_withdrawn") {
    const { approvals, closed } = gateOf(entry, run);
    const at = approvals.findIndex((one) => one.detail.approval === detail.approval);
    // What was given to a gate that is closed stands.
    if (at >= 0 && closed === null) approvals.splice(at, 1);
  } else if (/^gate\.(approved|denied|expired|voided)$/.test(kind)) {
    const gate = gateOf(entry, run);
    if (gate.closed === null || gate.closed === "gate.approved") gate.closed = kind;
  } else if (kind === "break_glass.used") run.glass.set(detail.decision, entry);
  else if (kind === "run.check_reported") run.reports.set(reportKey(detail.source, detail.patch), detail);
  else if (kind === "run.merge_commit_built") run.commit = detail.commit ?? null;
  else if (kind === "run.merge_refused") run.intent = run.commit = null;
}
