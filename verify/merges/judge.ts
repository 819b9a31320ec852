// What a merge is judged by: its document, the approvals given to it, and the charters it stands under.
import { type Entry, idOf, isText, type Members } from "../members.ts";
import { type Outcome, shown } from "../report.ts";
import { faultOf, unsigned, voicesOf } from "./approvals.ts";
import { type ApprovalRule, isUntold, shortfall } from "./charters.ts";
import { reporterAmong, unreported, unwaited } from "./outside.ts";

export interface Gate {
  /** The approvals given while it was open. */
  readonly approvals: Entry[];
  /** How it was closed; what undoes an approval is last, and nothing undoes that. */
  closed: string | null;
}

export interface Run {
  /** Ids of the people who launched it; empty for a schedule or another process. Null: not shown. */
  launchers: string[] | null;
  charter: unknown;
  readonly gates: Map<string, Gate>;
  /** Decision documents by digest. */
  readonly documents: Map<unknown, Members>;
  /** Who broke the glass, by the digest of the decision that was merged on. */
  readonly glass: Map<unknown, Entry>;
  /** The newest report of each check from outside, by the digest of its name. */
  readonly reports: Map<unknown, Members>;
  /** What was decided last, and the commit that was built for it. */
  intent: Members | null;
  commit: unknown;
}

export type Verdict = readonly [Outcome, string];

export const UNKNOWN_LAUNCHER = "who launched the run is not in this file";

export function gateOf(entry: Entry, { gates }: Run): Gate {
  const id = idOf(entry, "gate");
  const gate = gates.get(id) ?? { approvals: [], closed: null };
  gates.set(id, gate);
  return gate;
}

/** What the document says and was not merged; null where it is the same. */
export function otherThanMerged(entry: Entry, run: Run, document: Members): Verdict | null {
  const { detail } = entry;
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
  return null;
}

/** Whether a merge was decided as its document wants. `missing`: what it means that an entry is not there. */
export function judgeIntent(
  entry: Entry,
  run: Run,
  [rule, inForce]: readonly [own: ApprovalRule | null | undefined, inForce: ApprovalRule | null],
  missing: "fails" | "not_shown",
  isSigned: (approval: Entry) => boolean,
): Verdict {
  const { detail } = entry;
  const document = run.documents.get(detail.decision);
  const gate = gateOf(entry, run);
  if (!document) return ["not_shown", "the document that was decided on is not in this file"];
  const other = otherThanMerged(entry, run, document);
  if (other !== null) return other;
  if (gate.closed !== null && gate.closed !== "gate.approved")
    return ["fails", `its gate had ended before (${gate.closed})`];
  if (run.launchers === null) return [missing, UNKNOWN_LAUNCHER];

  const people = new Map<unknown, string>();
  const heard = new Set<unknown>();
  for (const approval of gate.approvals) {
    const { person, role } = approval.detail;
    const fault = voicesOf(approval).some((voice) => heard.has(voice))
      ? "is that person's second"
      : faultOf(approval, entry, document, run.launchers);
    const name = shown(String(person));
    if (fault !== null) return ["fails", `the approval of ${name} (entry ${approval.index}) ${fault}`];
    if (document.method === "passkey" && !isSigned(approval))
      return [
        unsigned(approval),
        `the approval of ${name} (entry ${approval.index}) is not signed as it has to be`,
      ];
    for (const voice of voicesOf(approval)) heard.add(voice);
    const { deputy_of: absent } = approval.detail;
    const behind = isText(absent) ? ` for ${shown(absent)}` : "";
    people.set(person, `${name}${behind} (${shown(String(role))})`);
  }
  const { needed } = document;
  if (typeof needed !== "number" || needed < 1)
    return ["fails", "the document does not say how many have to approve"];
  if (rule === null) return ["not_shown", "its charter does not say who has to approve"];
  const less = rule ? shortfall(rule, inForce, document) : null;
  if (less !== null) return ["fails", less];
  const told = [...people.values()].join(", ") || "nobody";
  if (people.size < needed)
    return [missing, `${people.size} of ${needed} approvals are in this file, of ${told}`];
  const { mustHold } = document;
  if (isText(mustHold) && !gate.approvals.some(({ detail }) => detail.role === mustHold))
    return [missing, `nobody approved as ${shown(mustHold)}, and the document wants one who does`];
  const outside = judgeOutside(gate, run, document, [rule ?? null, inForce], missing);
  if (outside !== null) return outside;
  if (rule && isUntold([rule, inForce], document))
    return ["not_shown", "its document does not say which of the files its charter protects it touches"];
  const launcher = run.launchers.map((person) => shown(person)).join(", ") || "a process";
  return [
    "holds",
    `${people.size} of ${needed} needed approved exactly this: ${told}; launched by ${launcher}`,
  ];
}

/** Null where every check from outside that the merge had to wait for passed, and nobody approved by their own report. */
function judgeOutside(
  gate: Gate,
  run: Run,
  document: Members,
  rules: readonly (ApprovalRule | null)[],
  missing: "fails" | "not_shown",
): Verdict | null {
  const unmet = unwaited(rules, document);
  if (unmet !== null) return ["fails", unmet];
  const reporter = reporterAmong(gate.approvals, document);
  if (reporter !== null) return ["fails", `${reporter} approved, and reported a check it rests on`];
  const untold = unreported(document, run.reports);
  return untold && [untold.isMissing ? missing : "fails", untold.says];
}

/** Whether what was published is what was decided. */
export function judgeMerged(
  { detail }: Entry,
  { intent, commit }: Run,
  missing: "fails" | "not_shown",
): Verdict {
  if (!intent) return [missing, "the decision to merge it is not in this file"];
  if (intent.merge !== detail.merge || intent.ref !== detail.ref || intent.old !== detail.old)
    return ["fails", "another merge was decided than the one that took place"];
  if (commit === null) return [missing, "the commit that was built is not in this file"];
  // A forge makes a commit of its own; whoever published compared what it holds with what was built.
  if (commit !== detail.commit && commit !== detail.built)
    return ["fails", "another commit was published than was built"];
  if (detail.other_tree !== undefined)
    return ["fails", "the commit that the forge made does not hold what was approved"];
  const published = `published as commit ${shown(String(detail.commit))}`;
  return [
    "holds",
    commit === detail.commit ? published : `${published}, made by the forge of ${shown(String(commit))}`,
  ];
}
