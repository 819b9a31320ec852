// C2SP tlog-proof: one entry, its path to the root, and a checkpoint, in one small text file.
import { fromBase64, parseCheckpoint } from "./note.ts";
import type { Policy } from "./policy.ts";
import { createFindings, type Report, Unreadable } from "./report.ts";
import { checkSignatures } from "./signatures.ts";
import { leafHash, rootOfProof } from "./tree.ts";

export const PROOF_START = "c2sp.org/tlog-proof@v1\n";
const FORM =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra ([A-Za-z0-9+/=]*)\n)?index (0|[1-9]\d{0,15})\n((?:[A-Za-z0-9+/=]{44}\n){0,64})\n/;

/** `proof` in octets; `entry` is exactly the bytes that were logged. Throws Unreadable. */
export function verifyProof(proof: string, entry: Uint8Array, policy: Policy): Report {
  const [head, extra = "", digits = "", lines = ""] = FORM.exec(proof) ?? [];
  if (head === undefined || fromBase64(extra) === null)
    throw new Unreadable("The proof is not written as tlog-proof says.");
  const path = lines.split("\n").filter((line) => line !== "");
  const hashes = path
    .map((line) => fromBase64(line)?.toString("binary") ?? "")
    .filter((hash) => hash.length === 32);
  if (hashes.length !== path.length) throw new Unreadable("A hash of the proof is not written as one.");
  const checkpoint = parseCheckpoint(proof.slice(head.length));
  const index = Number(digits);

  const findings = createFindings();
  findings.add("format", "holds", "The proof is written as tlog-proof says.");
  checkSignatures(checkpoint, policy, findings);
  const root = rootOfProof(index, checkpoint.size, leafHash(Buffer.concat([Buffer.of(0), entry])), hashes);
  const other = "These bytes are not the entry that was logged here, or the path is another's.";
  if (root !== checkpoint.root) findings.add("tree", "fails", other, index);
  else findings.add("tree", "holds", `These bytes are entry ${index} of ${checkpoint.size}.`, index);
  return findings.report(null);
}
