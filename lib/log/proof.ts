// That an entry is in the log: checked here before it is shown, and to be checked elsewhere before it is believed.
import { read } from "../db.ts";
import { AppError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { cosignatureTime } from "../tlog/cosignature.ts";
import { leafHash } from "../tlog/hashing.ts";
import { openNote } from "../tlog/note.ts";
import { inclusionProof, rootFromInclusion } from "../tlog/proofs.ts";
import { inclusionSteps } from "./proof-path.ts";
import type { LeafPlace, NoteSignatureView, ProofView } from "./proof-schema.ts";
import { type CheckpointRow, findCheckpoint, findLeaf, type LeafRow } from "./proof-store.ts";
import { getEntry } from "./service.ts";
import { openTree } from "./tiles.ts";

/** The proof of an entry the scope may read, under the newest checkpoint of its log. Throws not found. */
export async function getProof(scope: Scope, entryId: string): Promise<ProofView> {
  const { canonical } = await getEntry(scope, entryId);
  const { leaf, checkpoint } = await read(scope, async (db) => {
    const found = await findLeaf(db, entryId);
    return { leaf: found, checkpoint: found ? await findCheckpoint(db, found.epoch) : null };
  });
  if (!leaf) return { state: "waiting", place: null };
  const place = { epoch: leaf.epoch, origin: leaf.origin, index: leaf.index };
  if (!checkpoint || leaf.index >= checkpoint.size) return { state: "waiting", place };
  return proofOf(place, leaf, Buffer.from(canonical, "utf8"), checkpoint);
}

async function proofOf(
  place: LeafPlace,
  leaf: LeafRow,
  body: Uint8Array,
  checkpoint: CheckpointRow,
): Promise<ProofView> {
  const { size, root, note, signedAt } = checkpoint;
  const hash = leafHash(body);
  if (!hash.equals(leaf.hash)) {
    const why = "The entry stored here is not the one that was numbered: its bytes have another hash.";
    return { state: "contradicted", place, why };
  }
  try {
    const proof = await inclusionProof(place.index, size, await openTree(checkpoint));
    if (!rootFromInclusion(place.index, size, hash, proof)?.equals(root)) {
      const why = "The entry stored here does not lead to the root that was signed.";
      return { state: "contradicted", place, why };
    }
    return {
      state: "proved",
      place,
      size,
      leaf: hash.toString("hex"),
      path: inclusionSteps(place.index, size, proof),
      root: root.toString("hex"),
      signedAt,
      note,
      signatures: signaturesOf(note, place.origin),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { state: error.code === "refused" ? "contradicted" : "unavailable", place, why: error.message };
  }
}

/** Who signed, as the note says; only a verifier with the keys can tell whether they did. */
export function signaturesOf(note: string, origin: string): NoteSignatureView[] {
  return openNote(note).signatures.map(({ name, keyId, signature }) => {
    const kind = name === origin ? "log" : "witness";
    const seconds = kind === "witness" ? cosignatureTime(signature) : null;
    return { name, keyId, kind, at: seconds === null ? null : new Date(seconds * 1000) };
  });
}
