// An ask as pages show it: what was asked, why it had to be, and where it is decided.
import type { ShownAsk } from "#components/asks/ask-view.ts";
import { askPolicyOf, judgeAsk, READS_GUARDED } from "#lib/asks/rules.ts";
import type { AskView } from "#lib/asks/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";
import type { Charter } from "#lib/pilots/schema.ts";

export function shownAsk(ask: AskView, gate: GateView | null, charter: Charter): ShownAsk {
  const { attempt, number, what, title, text, cwd, reason, dueAt, status, decidedBy, answer } = ask;
  const decision = gate?.approvals.find(({ decision: given }) =>
    status === "allowed" ? given === "approve" : given === "deny",
  );
  return {
    ...{ attempt, ask: number, what, title, text, cwd, reason, gate },
    rule: ruleOf(ask, charter),
    unattended: charter.controls.unattended,
    until: dueAt,
    parked: ask.parkedAt !== null,
    settled:
      status === "open" || decidedBy === null
        ? null
        : {
            ...{ decision: status, by: decidedBy },
            name: decidedBy === "person" ? (decision?.personName ?? null) : null,
            answer: answer ?? "",
          },
  };
}

/** What of the charter made it ask, in words. */
function ruleOf(ask: AskView, charter: Charter): string {
  const { rule, verdict } = judgeAsk(askPolicyOf(charter), charter.environment.testArgv, ask);
  if (verdict !== "ask") return `the agent's program wanted to be sure (${rule})`;
  if (rule === READS_GUARDED) return "it may read files that the charter guards";
  if (ask.what === "network") return "the charter gives it no way out";
  return `“${rule}” is on no list of the charter, and does more than read`;
}
