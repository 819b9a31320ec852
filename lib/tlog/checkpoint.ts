// C2SP tlog-checkpoint: the text of a note that says how large the log is and what its root is.
import { badInput } from "#lib/errors.ts";
import { isPlainText, parseDecimal, parseHash } from "./encoding.ts";
import type { Hash } from "./hashing.ts";

export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface Checkpoint extends TreeHead {
  /** Opaque lines behind the three; none of ours, tolerated in others'. */
  readonly extensions: readonly string[];
}

const isOrigin = (origin: string): boolean => origin !== "" && !origin.includes("\n") && isPlainText(origin);

export function formatCheckpoint({ origin, size, root }: TreeHead): string {
  const text = `${origin}\n${size}\n${root.toString("base64")}\n`;
  parseCheckpoint(text);
  return text;
}

/** Throws bad_input with a sentence; sizes beyond 2^53 − 1 are refused. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw badInput("A checkpoint ends with a newline.");
  const [origin = "", decimal = "", base64 = "", ...extensions] = text.slice(0, -1).split("\n");
  if (!isOrigin(origin))
    throw badInput("The first line of a checkpoint is its origin, and it is not usable.");
  const size = parseDecimal(decimal);
  if (size === null) {
    throw badInput("The second line of a checkpoint is a size below 2^53 in decimal without leading zeros.");
  }
  const root = parseHash(base64);
  if (root === null) throw badInput("The third line of a checkpoint is a root of 32 bytes in base64.");
  if (extensions.includes("")) throw badInput("An extension line of a checkpoint must not be empty.");
  return { origin, size, root, extensions };
}
