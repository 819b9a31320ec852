// C2SP tlog-proof: that one entry is in a log, in a file that is checked offline with a policy.
import { badInput } from "#lib/errors.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseBase64, parseDecimal, parseHash } from "./encoding.ts";
import type { Hash } from "./hashing.ts";
import { openNote } from "./note.ts";
import { rootFromInclusion } from "./proofs.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
/** A tree of fewer than 2^53 leaves has no longer path. */
const MAX_HASHES = 53;

export interface ProofFile {
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint, as the log published it. */
  readonly note: string;
  /** Opaque, and signed by nobody. */
  readonly extra?: Buffer;
}

export function formatProofFile({ index, proof, note, extra }: ProofFile): string {
  const lines = [
    HEADER,
    ...(extra ? [`extra ${extra.toString("base64")}`] : []),
    `index ${index}`,
    ...proof.map((hash) => hash.toString("base64")),
  ];
  const text = `${lines.join("\n")}\n\n${note}`;
  parseProofFile(text);
  return text;
}

function parseExtra(line: string | undefined): Buffer | null {
  if (!line?.startsWith("extra ")) return null;
  const extra = parseBase64(line.slice("extra ".length));
  if (!extra) throw badInput("The extra line of a proof is base64.");
  return extra;
}

function parseIndex(line: string | undefined): number {
  const index = line?.startsWith("index ") ? parseDecimal(line.slice("index ".length)) : null;
  if (index === null) throw badInput("A proof names its index in decimal without leading zeros.");
  return index;
}

function parsePath(lines: readonly string[]): Hash[] {
  if (lines.length > MAX_HASHES) throw badInput(`A proof has ${MAX_HASHES} hashes at most.`);
  return lines.map((line) => {
    const hash = parseHash(line);
    if (!hash) throw badInput("A line of a proof is a hash of 32 bytes in base64.");
    return hash;
  });
}

/** Nothing is verified yet. Throws bad_input with a sentence for what is no proof. */
export function parseProofFile(text: string): ProofFile {
  const end = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(0, end)).split("\n");
  if (header !== HEADER) throw badInput(`A proof begins with the line ${HEADER}.`);
  const extra = parseExtra(lines[0]);
  const [indexLine, ...hashes] = extra ? lines.slice(1) : lines;
  const note = text.slice(end + 2);
  parseCheckpoint(openNote(note).text);
  return { index: parseIndex(indexLine), proof: parsePath(hashes), note, ...(extra ? { extra } : {}) };
}

/** Whether the leaf is where the proof says, under the root of its checkpoint; who signed that is for a policy to say. */
export function isIncluded({ index, proof, note }: ProofFile, leaf: Hash): boolean {
  const { size, root } = parseCheckpoint(openNote(note).text);
  return rootFromInclusion(index, size, leaf, proof)?.equals(root) ?? false;
}
