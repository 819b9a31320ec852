// What becomes of a pilot's week, as the second owner decides on it.
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import type { GateView } from "#lib/gates/schema.ts";
import { WeekDocument } from "#lib/weekly-reviews/schema.ts";

const EFFECTS = {
  continue: "The pilot goes on as it is.",
  tighten: "The pilot goes on, and its owners write an amendment.",
  stop: "Its runs are cancelled and the pilot is paused.",
} as const;

export function describeWeek(gate: GateView, expiry: string): Omit<GateDetailProps, "decide" | "back"> {
  const { number, decision, reason, undecided, owners, packDigest } = WeekDocument.parse(
    JSON.parse(gate.document),
  );
  const who = owners.length === 0 ? "Two leads sign it, one of whom leads security." : "Both owners sign it.";
  const earlier: DecisionFact[] =
    undecided.length === 0
      ? []
      : [
          {
            title: "Earlier weeks",
            text: `Nobody decided on week ${undecided.join(", ")} in time.`,
            ...({ tone: "bad", word: "Overdue" } as const),
          },
        ];
  return {
    gate,
    text: `${gate.openedByName} proposes to ${decision} after week ${number}. ${EFFECTS[decision]} ${who} ${expiry}`,
    facts: [
      {
        title: "Decision",
        text: EFFECTS[decision],
        tone: decision === "continue" ? "good" : "need",
        word: decision,
      },
      { title: "Why", text: reason, tone: "wait", word: "Reason" },
      ...earlier,
    ],
    more: { title: "Read the pack", href: `/pilots/${gate.pilotId}/weekly/${number}` },
    digest: packDigest,
    digestName: "Pack digest",
    approveWord: "Sign",
  };
}
