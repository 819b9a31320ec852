// What the entries about merges mean together: that enough people, of the right roles and none of them the launcher,
// approved exactly what was merged. Keeps the runs that have not ended and who may approve by each charter, nothing else.
import { type ApprovalRule, ruleOf, shortfall } from "./charters.ts";
import type { Document, Entry } from "./payloads.ts";
import { type Findings, type Outcome, shown } from "./report.ts";

/** Documents are kept until their run ends; one of ours has a few KiB. */
const MAX_DECISION = 1 << 16;

interface Approval {
  readonly index: number;
  readonly person: string;
  readonly role: string;
  readonly digest: string;
  /** Why it does not count; null when it does. */
  readonly fault: string | null;
}

interface Gate {
  /** Given while it was open. */
  readonly approvals: Approval[];
  /** How it was closed; what undoes an approval is last, and nothing undoes that. */
  closed: string | null;
}

interface Run {
  /** Ids of the people who launched it; empty for a schedule or another process. Null: not shown. */
  launchers: string[] | null;
  charter: string | null;
  readonly gates: Map<string, Gate>;
  /** Decision documents by digest. */
  readonly documents: Map<string, Record<string, unknown>>;
  intent: { readonly merge: unknown; readonly ref: unknown; readonly old: unknown } | null;
  commit: unknown;
}

export interface Merges {
  open(entry: Entry): void;
  document(entry: Entry, document: Document): void;
  /** Nothing more belongs to the entry opened last; `isWhole`: no leaf before it was left out. */
  close(isWhole: boolean): void;
  readonly counts: { merges: number };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const idOf = ({ about }: Entry, noun: string): string | null =>
  about.find((subject) => subject.startsWith(`${noun}:`))?.slice(noun.length + 1) ?? null;

const isAboutOneRun = ({ about }: Entry): boolean =>
  about.filter((subject) => subject.startsWith("run:")).length === 1 && !about.includes("run:");

/** An approval as its entry says it; the actor who wrote it must be the person it names. */
function approvalOf(entry: Entry): Approval {
  const { index, version, actor, detail } = entry;
  const [person, role, digest] = [String(detail.person), String(detail.role), String(detail.digest)];
  // Entries of version 1 were written before actors had roles. In any later one, no roles are none.
  const roles = Array.isArray(actor.roles) ? actor.roles : [];
  const isBeforeRoles = version === 1 && !("roles" in actor);
  const held = isBeforeRoles || [role, `${role}@${idOf(entry, "pilot")}`].some((own) => roles.includes(own));
  const isOwn = actor.kind === "user" && actor.personId === person;
  const fault = isOwn
    ? held
      ? null
      : `${shown(person)} did not hold the role ${shown(role)}`
    : "somebody else wrote it";
  return { index, person, role, digest, fault };
}

type Verdict = readonly [Outcome, string];

/** Approvals that count towards the document, or why one of them does not. */
function approversOf(
  gate: Gate,
  launchers: readonly string[],
  roles: readonly unknown[],
  digest: string,
): Map<string, string> | Verdict {
  const people = new Map<string, string>();
  for (const { index, person, role, digest: approved, fault } of gate.approvals) {
    const at = `the approval of ${shown(person)} (entry ${index})`;
    if (approved !== digest) return ["fails", `${at} is for another document`];
    if (fault !== null) return ["fails", `${at} does not count: ${fault}`];
    if (!roles.includes(role))
      return ["fails", `${at} was given as ${shown(role)}, which may not approve it`];
    if (launchers.includes(person)) return ["fails", `${at} is by who launched the run`];
    if (people.has(person)) return ["fails", `${at} is that person's second`];
    people.set(person, role);
  }
  return people;
}

interface Opened {
  readonly entry: Entry;
  readonly runId: string;
  readonly run: Run;
}

/** Whether a merge was decided as its document wants. `isWhole`: no leaf before was left out. */
function judgeIntent(
  entry: Entry,
  { runId, run }: Opened,
  rule: ApprovalRule | null | undefined,
  isWhole: boolean,
): Verdict {
  const { detail } = entry;
  const missing = isWhole ? "fails" : "not_shown";
  const digest = String(detail.decision);
  const document = run.documents.get(digest);
  const gateId = idOf(entry, "gate") ?? "";
  const gate = run.gates.get(gateId) ?? { approvals: [], closed: null };
  if (!document) return ["not_shown", "the document that was decided on is not in this file"];
  const same: readonly [string, unknown, unknown][] = [
    ["run", document.run, runId],
    ["gate", document.gate, gateId],
    ["tree", document.tree, detail.tree],
    ["patch", document.patch, detail.patch],
    ["base commit", document.baseCommit, detail.old],
    ["target", document.targetRef, detail.ref],
    ["charter", document.charter, run.charter ?? document.charter],
  ];
  const other = same.find(([, approved, merged]) => approved !== merged);
  if (other) return ["fails", `what was approved names another ${other[0]} than what was merged`];
  if (gate.closed !== null && gate.closed !== "gate.approved")
    return ["fails", `its gate had ended before (${gate.closed})`];
  if (run.launchers === null) return [missing, "who launched the run is not in this file"];

  const people = approversOf(
    gate,
    run.launchers,
    Array.isArray(document.roles) ? document.roles : [],
    digest,
  );
  if (!(people instanceof Map)) return people;
  const { needed } = document;
  if (typeof needed !== "number" || needed < 1)
    return ["fails", "the document does not say how many have to approve"];
  if (rule === null) return ["not_shown", "its charter does not say who has to approve"];
  const less = rule ? shortfall(rule, document) : null;
  if (less !== null) return ["fails", less];
  const told =
    [...people].map(([person, role]) => `${shown(person)} (${shown(role)})`).join(", ") || "nobody";
  if (people.size < needed)
    return [missing, `${people.size} of ${needed} approvals are in this file, of ${told}`];
  const launcher = run.launchers.map((person) => shown(person)).join(", ") || "a process";
  return [
    "holds",
    `${people.size} of ${needed} needed approved exactly this: ${told}; launched by ${launcher}`,
  ];
}

/** Whether what was published is what was decided. */
function judgeMerged({ detail }: Entry, { intent, commit }: Run, isWhole: boolean): Verdict {
  const missing = isWhole ? "fails" : "not_shown";
  if (!intent) return [missing, "the decision to merge it is not in this file"];
  if (intent.merge !== detail.merge || intent.ref !== detail.ref || intent.old !== detail.old)
    return ["fails", "another merge was decided than the one that took place"];
  if (commit === null) return [missing, "the commit that was built is not in this file"];
  if (commit !== detail.commit) return ["fails", "another commit was published than was built"];
  return ["holds", `published as commit ${shown(String(commit))}`];
}

export function createMerges(findings: Findings): Merges {
  const runs = new Map<string, Run>();
  const counts = { merges: 0 };
  /** By digest, who has to approve; null where the text does not say it. */
  const charters = new Map<string, ApprovalRule | null>();
  let opened: Opened | null = null;

  function runOf(entry: Entry): Run | null {
    const id = idOf(entry, "run");
    if (id === null) return null;
    const run = runs.get(id) ?? {
      ...{ launchers: null, charter: null, intent: null, commit: null },
      gates: new Map<string, Gate>(),
      documents: new Map<string, Record<string, unknown>>(),
    };
    runs.set(id, run);
    return run;
  }

  function gateOf(entry: Entry, run: Run): Gate {
    const id = idOf(entry, "gate") ?? "";
    const gate = run.gates.get(id) ?? { approvals: [], closed: null };
    run.gates.set(id, gate);
    return gate;
  }

  const tell = ({ index }: Entry, runId: string, [outcome, says]: Verdict) =>
    findings.add("merges", outcome, `Merge of ${shown(runId)}: ${says}.`, index);

  function note(entry: Entry, run: Run): void {
    const { kind, actor, detail } = entry;
    if (kind === "run.launched") {
      run.launchers = [...(run.launchers ?? []), ...(actor.kind === "user" ? [String(actor.personId)] : [])];
      run.charter = typeof detail.charter === "string" ? detail.charter : null;
    } else if (kind === "gate.approval_given") {
      const gate = gateOf(entry, run);
      if (detail.decision === "approve" && gate.closed === null) gate.approvals.push(approvalOf(entry));
    } else if (/^gate\.(approved|denied|expired|voided)$/.test(kind)) {
      const gate = gateOf(entry, run);
      if (gate.closed === null || gate.closed === "gate.approved") gate.closed = kind;
    } else if (kind === "run.merge_commit_built") run.commit = detail.commit;
    else if (kind === "run.merge_refused") run.intent = run.commit = null;
  }

  function judge(of: Opened, isWhole: boolean): void {
    const { entry, runId, run } = of;
    const { merge, ref, old, decision } = entry.detail;
    run.intent = { merge, ref, old };
    counts.merges += 1;
    const charter = String(run.documents.get(String(decision))?.charter);
    const verdict = judgeIntent(entry, of, charters.get(charter), isWhole);
    tell(entry, runId, verdict);
    if (verdict[0] === "holds" && !charters.has(charter))
      tell(entry, runId, [
        "note",
        "its charter is not in this file, so how many it asks for, and in which roles, was not compared",
      ]);
  }

  return {
    counts,
    open(entry) {
      const runId = idOf(entry, "run");
      if (/^run\.(merge_intended|merged)$/.test(entry.kind) && !isAboutOneRun(entry)) {
        counts.merges += 1;
        findings.add("merges", "fails", "It is of a merge, and not about one run.", entry.index);
      }
      const run = runOf(entry);
      opened = runId !== null && run !== null ? { entry, runId, run } : null;
      if (run) note(entry, run);
    },
    document(entry, { name, sha256, text }) {
      if (name === "charter") charters.set(sha256, ruleOf(text));
      if (name !== "decision" || text.length > MAX_DECISION) return;
      let document: unknown;
      try {
        document = JSON.parse(text);
      } catch {
        findings.add("contents", "fails", "Its decision document is not JSON.", entry.index);
      }
      if (isObject(document) && document.decides === "merge") runOf(entry)?.documents.set(sha256, document);
    },
    close(isWhole) {
      if (!opened) return;
      const { entry, runId, run } = opened;
      opened = null;
      if (entry.kind === "run.merge_intended") judge({ entry, runId, run }, isWhole);
      if (entry.kind === "run.merged") tell(entry, runId, judgeMerged(entry, run, isWhole));
      if (/^run\.(merged|rejected|failed|cancelled)$/.test(entry.kind)) runs.delete(runId);
    },
  };
}
