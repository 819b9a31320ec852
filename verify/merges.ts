// What the entries about merges mean together: that enough people, of the right roles and none of them the launcher,
// approved exactly what was merged. Keeps the runs that have not ended and who may approve by each charter, nothing else.
import { type ApprovalRule, ruleOf, shortfall } from "./charters.ts";
import { type Entry, idOf, isMembers, isText, type Members, parsed, runsOf } from "./members.ts";
import type { Document } from "./payloads.ts";
import { type Findings, type Outcome, shown } from "./report.ts";

/** Documents are kept until their run ends; one of ours has a few KiB. */
const MAX_DECISION = 1 << 16;

interface Gate {
  /** The approvals given while it was open. */
  readonly approvals: Entry[];
  /** How it was closed; what undoes an approval is last, and nothing undoes that. */
  closed: string | null;
}

interface Run {
  /** Ids of the people who launched it; empty for a schedule or another process. Null: not shown. */
  launchers: string[] | null;
  charter: unknown;
  readonly gates: Map<string, Gate>;
  /** Decision documents by digest. */
  readonly documents: Map<unknown, Members>;
  /** What was decided last, and the commit that was built for it. */
  intent: Members | null;
  commit: unknown;
}

type Verdict = readonly [Outcome, string];

export function createMerges(findings: Findings) {
  const runs = new Map<string, Run>();
  /** By digest, who has to approve; null where the text does not say it. */
  const charters = new Map<unknown, ApprovalRule | null>();
  let merges = 0;

  function runOf(entry: Entry): Run {
    const id = idOf(entry, "run");
    const run = runs.get(id) ?? {
      ...{ launchers: null, charter: null, gates: new Map(), documents: new Map() },
      ...{ intent: null, commit: null },
    };
    if (id !== "") runs.set(id, run);
    return run;
  }

  const tell = (entry: Entry, [outcome, says]: Verdict) =>
    findings.add("merges", outcome, `Merge of ${shown(idOf(entry, "run"))}: ${says}.`, entry.index);

  function judge(entry: Entry, run: Run, isWhole: boolean): void {
    const charter = run.documents.get(entry.detail.decision)?.charter;
    const verdict = judgeIntent(entry, run, charters.get(charter), isWhole ? "fails" : "not_shown");
    tell(entry, verdict);
    const says =
      "its charter is not in this file, so how many it asks for, and in which roles, was not compared";
    if (verdict[0] === "holds" && !charters.has(charter)) tell(entry, ["note", says]);
    run.intent = entry.detail;
  }

  return {
    /** An entry, before what follows it. */
    open(entry: Entry): void {
      const isMerge = /^run\.(merge_intended|merged)$/.test(entry.kind);
      const isAboutOneRun = runsOf(entry).length === 1 && idOf(entry, "run") !== "";
      if (isMerge && !isAboutOneRun)
        findings.add("merges", "fails", "It is of a merge, and not about one run.", entry.index);
      if (entry.kind === "run.merge_intended" || (isMerge && !isAboutOneRun)) merges += 1;
      note(entry, runOf(entry));
    },
    /** A document that the entry cites. */
    document(entry: Entry, { name, sha256, text }: Document): void {
      if (name === "charter") charters.set(sha256, ruleOf(text));
      if (name !== "decision" || text.length > MAX_DECISION) return;
      const document = parsed(text);
      if (document === undefined)
        findings.add("contents", "fails", "Its decision document is not JSON.", entry.index);
      if (isMembers(document) && document.decides === "merge") runOf(entry).documents.set(sha256, document);
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
      if (merges === 0) findings.add("merges", "note", "No merge is among the entries shown.");
    },
  };
}

function gateOf(entry: Entry, { gates }: Run): Gate {
  const id = idOf(entry, "gate");
  const gate = gates.get(id) ?? { approvals: [], closed: null };
  gates.set(id, gate);
  return gate;
}

/** Keeps what an entry says about its run. */
function note(entry: Entry, run: Run): void {
  const { kind, actor, detail } = entry;
  if (kind === "run.launched") {
    run.launchers = [...(run.launchers ?? []), ...(actor.kind === "user" ? [String(actor.personId)] : [])];
    run.charter = detail.charter;
  } else if (kind === "gate.approval_given") {
    const gate = gateOf(entry, run);
    if (detail.decision === "approve" && gate.closed === null) gate.approvals.push(entry);
  } else if (/^gate\.(approved|denied|expired|voided)$/.test(kind)) {
    const gate = gateOf(entry, run);
    if (gate.closed === null || gate.closed === "gate.approved") gate.closed = kind;
  } else if (kind === "run.merge_commit_built") run.commit = detail.commit ?? null;
  else if (kind === "run.merge_refused") run.intent = run.commit = null;
}

/** Whether a merge was decided as its document wants. `missing`: what it means that an entry is not there. */
function judgeIntent(
  entry: Entry,
  run: Run,
  rule: ApprovalRule | null | undefined,
  missing: "fails" | "not_shown",
): Verdict {
  const { detail } = entry;
  const document = run.documents.get(detail.decision);
  const gate = gateOf(entry, run);
  if (!document) return ["not_shown", "the document that was decided on is not in this file"];
  const same: readonly (readonly [string, unknown, unknown])[] = [
    ["run", document.run, idOf(entry, "run")],
    ["gate", document.gate, idOf(entry, "gate")],
    ["tree", document.tree, detail.tree],
    ["patch", document.patch, detail.patch],
    ["base commit", document.baseCommit, detail.old],
    ["target", document.targetRef, detail.ref],
    ["charter", document.charter, run.charter ?? document.charter],
  ];
  const other = same.find(([, approved, merged]) => !isText(approved) || approved !== merged);
  if (other) return ["fails", `what was approved names another ${other[0]} than what was merged`];
  if (gate.closed !== null && gate.closed !== "gate.approved")
    return ["fails", `its gate had ended before (${gate.closed})`];
  if (run.launchers === null) return [missing, "who launched the run is not in this file"];

  const people = new Map<unknown, string>();
  for (const approval of gate.approvals) {
    const { person, role } = approval.detail;
    const fault = people.has(person)
      ? "is that person's second"
      : faultOf(approval, entry, document, run.launchers);
    const name = shown(String(person));
    if (fault !== null) return ["fails", `the approval of ${name} (entry ${approval.index}) ${fault}`];
    people.set(person, `${name} (${shown(String(role))})`);
  }
  const { needed } = document;
  if (typeof needed !== "number" || needed < 1)
    return ["fails", "the document does not say how many have to approve"];
  if (rule === null) return ["not_shown", "its charter does not say who has to approve"];
  const less = rule ? shortfall(rule, document) : null;
  if (less !== null) return ["fails", less];
  const told = [...people.values()].join(", ") || "nobody";
  if (people.size < needed)
    return [missing, `${people.size} of ${needed} approvals are in this file, of ${told}`];
  const launcher = run.launchers.map((person) => shown(person)).join(", ") || "a process";
  return [
    "holds",
    `${people.size} of ${needed} needed approved exactly this: ${told}; launched by ${launcher}`,
  ];
}

/** Why an approval does not count towards the document of a merge; null when it does. */
function faultOf(
  approval: Entry,
  merge: Entry,
  document: Members,
  launchers: readonly string[],
): string | null {
  const { v, actor, detail } = approval;
  const { person, role, digest } = detail;
  if (digest !== merge.detail.decision) return "is for another document";
  if (typeof person !== "string" || actor.kind !== "user" || actor.personId !== person)
    return "does not count: somebody else wrote it";
  // Entries of version 1 were written before actors had roles. In any later one, no roles are none.
  const isBeforeRoles = v === 1 && !Object.hasOwn(actor, "roles");
  const held: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
  if (!isBeforeRoles && !held.includes(role) && !held.includes(`${role}@${idOf(approval, "pilot")}`))
    return `does not count: ${shown(person)} did not hold the role ${shown(String(role))}`;
  if (!Array.isArray(document.roles) || !document.roles.includes(role))
    return `was given as ${shown(String(role))}, which may not approve it`;
  return launchers.includes(person) ? "is by who launched the run" : null;
}

/** Whether what was published is what was decided. */
function judgeMerged({ detail }: Entry, { intent, commit }: Run, missing: "fails" | "not_shown"): Verdict {
  if (!intent) return [missing, "the decision to merge it is not in this file"];
  if (intent.merge !== detail.merge || intent.ref !== detail.ref || intent.old !== detail.old)
    return ["fails", "another merge was decided than the one that took place"];
  if (commit === null) return [missing, "the commit that was built is not in this file"];
  if (commit !== detail.commit) return ["fails", "another commit was published than was built"];
  return ["holds", `published as commit ${shown(String(commit))}`];
}
