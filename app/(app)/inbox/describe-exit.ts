// How a pilot ends, as its two owners decide on it: the decision, why, and what the reviews say of each criterion.

import { criterionWords, DECISION_WORDS } from "#components/exit/words.ts";
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import { ExitGateDocument } from "#lib/exit-reviews/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";

const AFTER: Readonly<Record<ExitGateDocument["decision"], string>> = {
  scale_up: "Approving completes the pilot and closes it; its charter can be copied for the next step.",
  extend: "Approving lets the pilot go on. Its last day is moved by a version of the charter.",
  end: "Approving completes the pilot and closes it.",
};

export function describeExit(gate: GateView, expiry: string): Omit<GateDetailProps, "decide" | "back"> {
  const { decision, reason, criteria, reports, owners } = ExitGateDocument.parse(JSON.parse(gate.document));
  return {
    gate,
    text: `${AFTER[decision]} ${owners.length > 0 ? "Both owners sign." : "Two leads sign, one of whom leads security."} ${expiry}`,
    facts: [
      { title: DECISION_WORDS[decision], text: reason, tone: "wait", word: "Asked" },
      ...criteria.map(
        (one): DecisionFact => ({
          title: CRITERION_NAMES[one.criterion],
          text: `${criterionWords(one)}${one.isAsked ? " The charter asks for it." : ""}`,
          tone: one.verdict === "met" ? "good" : one.verdict === "missed" ? "bad" : "wait",
          word: one.verdict.replaceAll("_", " "),
        }),
      ),
      {
        title: "Reports",
        text: reports.length === 0 ? "Nobody stated a review." : reports.join(", "),
        tone: "wait",
        word: String(reports.length),
      },
    ],
    more: { title: "Read the exit review", href: `/pilots/${gate.pilotId}/exit` },
    digest: gate.digest,
    digestName: "Decision document",
    approveWord: DECISION_WORDS[decision],
  };
}
