import type { EvidenceView } from "#lib/evidence/document.ts";
import { CopyId } from "../../ui/copy-id.tsx";

/** What the worker signed about the evidence: to download, with the key to check it by. Nothing until it did. */
export function Signed({ runId, evidence: { id, signed } }: { runId: string; evidence: EvidenceView }) {
  if (!signed) return null;
  return (
    <p className="t3 xs mt-1.5">
      That this runner reported it is signed by the worker:{" "}
      <a className="link" href={`/api/runs/${runId}/evidence/${id}`} download>
        statement
      </a>
      , key <CopyId id={signed.publicKey} what="evidence key" />
    </p>
  );
}
