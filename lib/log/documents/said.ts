// What an agent was told, what its model was asked and what came back: the lines after the entries that commit to them.
import { saidInAsk } from "../../asks/service.ts";
import { saidInComment } from "../../comments/service.ts";
import { read } from "../../db.ts";
import { saidInMessage } from "../../messages/service.ts";
import { payloadCommitment, requestCommitment } from "../../model-calls/rules.ts";
import type { Scope } from "../../scope.ts";
import { heldRequest, heldResponse, heldTask, type Said } from "../../traces/committed.ts";
import { type AttachedLine, Broken } from "../bundle.ts";
import type { Cited } from "./cited.ts";
import type { ShownPieces } from "./shown-pieces.ts";

type SaidCited = Extract<Cited, { what: "task" | "message" | "comment" | "ask" | "request" | "response" }>;
type BlobLine = Extract<AttachedLine, { type: "blob" }>;

export interface Showing {
  /** Throws where payloads are no longer what they were when the bundle began; asked after each was read. */
  readonly unchanged: () => Promise<void>;
  /** One for the whole bundle. */
  readonly pieces: ShownPieces;
}

const PART_BYTES = 256 * 1024;

export async function saidLines(
  scope: Scope,
  cited: SaidCited,
  { unchanged, pieces }: Showing,
): Promise<BlobLine[]> {
  if (cited.what === "request") return requestLines(scope, cited, { unchanged, pieces });
  const { what, commitment } = cited;
  const said = await heldWords(scope, cited);
  await unchanged();
  if (!said) throw new Broken(`The ${what} that the entry cites is missing from the database.`);
  return wholeLines(what, commitment, said);
}

function heldWords(scope: Scope, cited: Exclude<SaidCited, { what: "request" }>): Promise<Said | null> {
  switch (cited.what) {
    case "task":
      return heldTask(scope, cited.runId);
    case "message":
      return read(scope, async (db) => inBytes(await saidInMessage(db, cited.messageId)));
    case "comment":
      return read(scope, async (db) => inBytes(await saidInComment(db, cited.commentId)));
    case "ask":
      return read(scope, async (db) => inBytes(await saidInAsk(db, cited.askId)));
    case "response":
      return heldResponse(scope, cited.callId);
  }
}

const inBytes = (said: { text: string; salt: Uint8Array | null } | null): Said | null =>
  said && { salt: said.salt, bytes: said.salt && Buffer.from(said.text, "utf8") };

/** Pieces that were shown are named and not shown again: agents send all of their history with every call. */
async function requestLines(
  scope: Scope,
  { digest, callId, runId }: Extract<Cited, { what: "request" }>,
  { unchanged, pieces }: Showing,
): Promise<BlobLine[]> {
  const isWhole = pieces.isWhole(runId);
  const items = await heldRequest(scope, callId, !isWhole);
  await unchanged();
  if (requestCommitment(items.map(({ commitment }) => commitment)).toString("hex") !== digest)
    throw new Broken("The request in the database is not the one that the entry commits to.");
  const shown = new Set<string>();
  return items.flatMap(({ commitment, isFirst, ...said }): BlobLine[] => {
    const hex = Buffer.from(commitment).toString("hex");
    const isAgain = isWhole ? !isFirst || shown.has(hex) : pieces.isAgain(runId, hex);
    shown.add(hex);
    if (said.salt !== null && isAgain)
      return [{ type: "blob", name: "item", commitment: hex, elsewhere: true }];
    return wholeLines("item", hex, said);
  });
}

function wholeLines(name: string, commitment: string, { salt, bytes }: Said): BlobLine[] {
  const facts = { type: "blob", name, commitment } as const;
  if (salt === null || bytes === null) return [{ ...facts, redacted: true }];
  if (payloadCommitment(salt, bytes).toString("hex") !== commitment)
    throw new Broken(`The stored ${name} is not the one that the entry commits to.`);
  const all = Buffer.from(bytes);
  const parts = Math.max(1, Math.ceil(all.length / PART_BYTES));
  return Array.from({ length: parts }, (_, part) => ({
    ...{ ...facts, salt: Buffer.from(salt).toString("hex"), part, last: part === parts - 1 },
    base64: all.subarray(part * PART_BYTES, (part + 1) * PART_BYTES).toString("base64"),
  }));
}
