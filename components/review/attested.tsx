import { FileCheck2 } from "lucide-react";
import type { AttestationView } from "#lib/attestations/schema.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";

const NOTE: Record<AttestationView["note"], string> = {
  waiting: "its note waits for the repository",
  written: "in the note refs/notes/pilothouse beside the commit",
  refused: "the repository did not take the note; the merge stands",
};

/** What the worker signed about the merge: to download, with the key to check it by. */
export function Attested({ runId, attestation }: { runId: string; attestation: AttestationView }) {
  const { commit, publicKey, note, noteReason } = attestation;
  return (
    <p className="row flex-wrap sm" data-note={note}>
      <Icon of={FileCheck2} size={12} />
      <span>
        Merged as <CopyId id={commit} what="commit" />, attested: tests, approvals, provenance;{" "}
        <span className={note === "refused" ? "need" : "t3"}>{NOTE[note]}</span>
        {noteReason ? (
          <>
            {" "}
            (<Visible text={noteReason} />)
          </>
        ) : null}
        .
      </span>
      <a className="link" href={`/api/runs/${runId}/attestation`} download>
        Download
      </a>
      <span>
        Key <CopyId id={publicKey} what="attestation key" />
      </span>
    </p>
  );
}
