// A gate of a run that whoever looks judges blind: what its agent asks or made says whose it is.
import type { GateDetailProps } from "#components/inbox/gate-detail.tsx";
import type { GateView } from "#lib/gates/schema.ts";

export const describeBlind = (gate: GateView): Omit<GateDetailProps, "decide" | "back"> => ({
  gate: { ...gate, cannotApprove: "You judge this run blind, so somebody else decides this." },
  text: "It is about a run of a comparison that you judge. What it shows opens to you once that is closed.",
  facts: [],
  more: { title: "Open the comparisons", href: "/agents/compare" },
  ...{ digest: gate.digest, digestName: "Decision document", approveWord: "Approve" },
});
