// A gate of a run that whoever looks judges blind: what its agent asks or made says whose it is.
import type { GateDetailProps } from "#components/inbox/gate-detail.tsx";
import type { GateView } from "#lib/gates/schema.ts";

const ELSE = "You judge this run blind, so somebody else decides this.";

export const describeBlind = (gate: GateView): Omit<GateDetailProps, "decide" | "back"> => ({
  // Its document says what the agent asks, and the bar of decisions is sent to the browser with its gate.
  gate: { ...gate, document: "", cannotApprove: ELSE, cannotDeny: ELSE },
  text: "It is about a run of a comparison that you judge. What it shows opens to you once that is closed.",
  facts: [],
  more: { title: "Open the comparisons", href: "/agents/compare" },
  ...{ digest: gate.digest, digestName: "Decision document", approveWord: "Approve" },
});
