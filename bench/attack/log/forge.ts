// Bundles as somebody makes them who has the entries and wants others to believe another history.

import { canonicalText } from "#lib/record/rules.ts";
import { formatCheckpoint } from "#lib/tlog/checkpoint.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { type Signer, signNote } from "#lib/tlog/note.ts";

export interface Leaf {
  readonly body: Buffer;
  /** Lines with the payloads it commits to. */
  readonly attached: readonly string[];
}

/** The entries of a bundle, each with what follows it. */
export function leavesOf(lines: readonly string[]): Leaf[] {
  const leaves: { body: Buffer; attached: string[] }[] = [];
  for (const line of lines.slice(1, -1)) {
    if (line.startsWith('{"body":')) {
      const { body } = JSON.parse(line) as { body: string };
      leaves.push({ body: Buffer.from(body, "utf8"), attached: [] });
    } else leaves.at(-1)?.attached.push(line);
  }
  return leaves;
}

/** All of these under this checkpoint. */
export function forged(leaves: readonly Leaf[], checkpoint: string): string[] {
  const [origin = ""] = checkpoint.split("\n");
  const last = Number(origin.split("/").at(-1));
  const epoch = Number.isSafeInteger(last) ? last : 1; // the checkpoint may be one that was damaged
  const header = { type: "header", format: "pilothouse-log/1", origin, epoch, size: leaves.length };
  const lines = [`${canonicalText({ ...header, checkpoint, about: "export", blobs: true })}\n`];
  for (const [index, { body, attached }] of leaves.entries()) {
    lines.push(`${canonicalText({ type: "entry", index, body: body.toString("utf8") })}\n`, ...attached);
  }
  return [...lines, `${canonicalText({ type: "end", lines: lines.length })}\n`];
}

const headOf = (origin: string, leaves: readonly Leaf[]) =>
  formatCheckpoint({
    origin,
    size: leaves.length,
    root: memoryTree(leaves.map(({ body }) => leafHash(body))).root,
  });

/** Signed by whoever that is. */
export const signedOver = (origin: string, leaves: readonly Leaf[], signer: Signer): string =>
  signNote(headOf(origin, leaves), [signer]);

/** With the signatures of another checkpoint. */
export const withSignaturesOf = (origin: string, leaves: readonly Leaf[], note: string): string =>
  `${headOf(origin, leaves)}${note.slice(note.lastIndexOf("\n\n") + 1)}`;
