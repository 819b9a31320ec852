// What a decision about files in quarantine is about: each by name, size, digest, and what was seen in it.

import { RULE_WORDS } from "#components/artefacts/words.ts";
import { formatBytes, plural } from "#components/format.ts";
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import { artefactsIn } from "#lib/artefacts/promote.ts";
import type { GateView } from "#lib/gates/schema.ts";

export function describeArtefact(gate: GateView, expiry: string): Omit<GateDetailProps, "decide" | "back"> {
  const { artefacts, reason } = artefactsIn(gate);
  return {
    gate,
    text: `${gate.openedByName} asks that ${plural(artefacts.length, "file")} of the run leave the quarantine: “${reason}” Approving is for exactly these bytes; whoever may take artefacts can then download them. ${expiry}`,
    facts: artefacts.map((artefact): DecisionFact => {
      const { path, bytes, media, sha256, findings } = artefact;
      const seen = findings.map(({ rule, detail }) =>
        detail === "" ? RULE_WORDS[rule] : `${RULE_WORDS[rule]} (${detail})`,
      );
      return {
        title: path,
        text: `${formatBytes(bytes)}, ${media}, sha256 ${sha256}${seen.length === 0 ? "" : `. Seen in it: ${seen.join("; ")}`}`,
        tone: seen.length === 0 ? "wait" : "need",
        word: seen.length === 0 ? "Nothing seen" : "Look",
      };
    }),
    more: { title: "The run's artefacts", href: `/runs/${gate.runId}/artefacts` },
    digest: gate.digest,
    digestName: "Decision document",
    approveWord: "Promote",
  };
}
