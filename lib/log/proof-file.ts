// The proof of one entry as C2SP tlog-proof: for any client of such logs, without our bundle.
import { conflict, refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { formatProofFile } from "../tlog/proof-file.ts";
import { getProof } from "./proof.ts";

/** Throws not found, conflict while nothing that covers the entry was signed, refused where it cannot be proved. */
export async function getProofFile(scope: Scope, entryId: string): Promise<string> {
  const proof = await getProof(scope, entryId);
  switch (proof.state) {
    case "waiting":
      throw conflict("The entry is not under a signed checkpoint yet. Try again in a moment.");
    case "unavailable":
    case "contradicted":
      throw refused(proof.why);
    case "proved":
      return formatProofFile({
        index: proof.place.index,
        proof: proof.path.map(({ hash }) => Buffer.from(hash, "hex")),
        note: proof.note,
      });
  }
}
