// The body of add-checkpoint, C2SP tlog-witness: an old size, a consistency proof, an empty line, a checkpoint.
import { badInput } from "#lib/errors.ts";
import { type Checkpoint, parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { parseDecimal, parseHash } from "#lib/tlog/encoding.ts";
import type { Hash } from "#lib/tlog/hashing.ts";
import { MAX_NOTE_BYTES, type Note, openNote } from "#lib/tlog/note.ts";

const MAX_PROOF_LINES = 63;

/** A note, and sixty-three hashes in front of it. */
export const MAX_BODY_BYTES = MAX_NOTE_BYTES + 4096;

export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Hash[];
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

function parseOld(line: string | undefined): number {
  const old = line?.startsWith("old ") ? parseDecimal(line.slice("old ".length)) : null;
  if (old === null) {
    throw badInput("The first line is “old” and a size below 2^53 in decimal without leading zeros.");
  }
  return old;
}

/** Throws bad_input with a sentence. */
export function parseAddCheckpoint(body: Buffer): AddCheckpoint {
  const end = body.indexOf("\n\n");
  if (end < 0) throw badInput("An empty line stands between the proof and the checkpoint.");
  const [first, ...lines] = body.toString("latin1", 0, end).split("\n");
  const old = parseOld(first);
  if (lines.length > MAX_PROOF_LINES) throw badInput(`A proof has ${MAX_PROOF_LINES} lines at most.`);
  const proof = lines.map((line) => {
    const hash = parseHash(line);
    if (!hash) throw badInput("A line of the proof is a hash of 32 bytes in base64.");
    return hash;
  });
  const note = openNote(body.subarray(end + 2));
  return { old, proof, note, checkpoint: parseCheckpoint(note.text) };
}
