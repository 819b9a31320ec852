import type { EvidenceView } from "#lib/evidence/document.ts";
import { STATUSES } from "../../status.ts";
import { Note } from "../../ui/note.tsx";
import { Visible } from "../../ui/visible.tsx";

/** Evidence that opens no gate, at the head of the review: red where the patch failed, and the sentence that says why. */
export function EvidenceBand({ evidence }: { evidence: EvidenceView | null }) {
  if (!evidence) return null;
  const { verdict, sentence } = evidence.document.judgement;
  if (verdict === "verified") return null;
  const { tone, word } = STATUSES.evidence[verdict];
  return (
    <div className="my-2">
      <Note tone={tone === "bad" ? "bad" : "need"}>
        <b>{verdict === "untrustworthy" ? "Evidence not to be relied on." : `${word}.`}</b>{" "}
        <Visible text={sentence} />
      </Note>
    </div>
  );
}
