// What was merged by broken glass, as the lead who reviews it reads it.
import type { GateDetailProps } from "#components/inbox/gate-detail.tsx";
import { rolesInWords } from "#components/review/roles.ts";
import { GlassDocument } from "#lib/break-glass/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";

export function describeGlass(gate: GateView): Omit<GateDetailProps, "decide" | "back"> {
  const { reason, verdict, ordinary, as, patch } = GlassDocument.parse(JSON.parse(gate.document));
  const isGreen = verdict === "verified";
  return {
    gate,
    text: `${gate.openedByName} merged this at once, without the approvals its charter asks for. It is merged whatever is decided here: the review says whether that was justified, and stays open until another lead has signed it.`,
    facts: [
      { title: "Reason", text: reason, tone: "need", word: "Read it" },
      {
        title: "Evidence then",
        text: isGreen
          ? "Verified."
          : verdict === "missing"
            ? "There was none."
            : `${verdict.replaceAll("_", " ")}.`,
        tone: isGreen ? "good" : "bad",
        word: isGreen ? "Verified" : "Check",
      },
      {
        title: "Not waited for",
        text: `${ordinary.needed === 1 ? "One approval" : `${ordinary.needed} approvals`} of ${rolesInWords(ordinary.roles)}.`,
        tone: "wait",
        word: "Rule",
      },
      { title: "Merged as", text: rolesInWords([as]), tone: "wait", word: "Role" },
    ],
    more: { title: "Open the review", href: `/reviews/${gate.runId}` },
    digest: patch,
    digestName: "Patch digest",
    approveWord: "It was justified",
  };
}
