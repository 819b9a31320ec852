// The lines after an entry: everything it commits to that is still held. What does not match the commitment is not
// passed over in silence; it ends the bundle with a sentence.
import { createHash } from "node:crypto";
import { blobStore } from "../../blobs/service.ts";
import { read } from "../../db.ts";
import { messageOf } from "../../errors.ts";
import { commitmentOf, type StoredEvent, storedBatch } from "../../events/proof.ts";
import { listStoredEvents } from "../../events/service.ts";
import type { Scope } from "../../scope.ts";
import { findSecrets } from "../../secrets/service.ts";
import { type AttachedLine, Broken } from "../bundle.ts";
import { countRedactions } from "../export-store.ts";
import { readableEntry } from "../rules.ts";
import { type Cited, citedBy, mayCite } from "./cited.ts";
import { findCitedBlob, findReason, findText } from "./held.ts";
import { type Showing, saidLines } from "./said.ts";

export interface Attaching extends Showing {
  /** Events, blobs and reasons too; without, what people agreed on and, where it holds no secret, what was observed. */
  readonly withBlobs: boolean;
}

type TextLine = Extract<AttachedLine, { type: "document" }>;

const PART_BYTES = 256 * 1024;

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Reads nothing before it is asked for its first line. */
export async function* attachedTo(
  scope: Scope,
  body: Uint8Array,
  attaching: Attaching,
): AsyncGenerator<AttachedLine> {
  if (!mayCite(Buffer.from(body).toString("utf8"))) return;
  const entry = readableEntry(body); // one no version of ours wrote commits to nothing we could look up
  if (!entry) return;
  attaching.pieces.take(entry);
  for (const cited of citedBy(entry)) yield* linesOf(scope, cited, attaching);
}

async function* linesOf(
  scope: Scope,
  cited: Cited,
  { withBlobs, unchanged, pieces }: Attaching,
): AsyncGenerator<AttachedLine> {
  if (cited.what === "text") {
    const line = await textLine(scope, cited);
    await unchanged();
    if (line && (withBlobs || !(await holdsSecret(line)))) yield line;
    return;
  }
  if (!withBlobs) return;
  switch (cited.what) {
    case "reason": {
      const text = await read(scope, (db) => findReason(db, cited.row));
      await unchanged();
      if (text !== null && sha256(text) === cited.digest) {
        yield { type: "document", name: "reason", sha256: cited.digest, text };
      }
      return;
    }
    case "events":
      yield* await eventLines(scope, cited, unchanged);
      return;
    case "blob":
      yield* blobLines(scope, cited, unchanged);
      return;
    case "task":
    case "message":
    case "comment":
    case "ask":
    case "request":
    case "response":
      yield* await saidLines(scope, cited, { unchanged, pieces });
  }
}

/** By the text alone, never by the clock: an export is the same whenever it is read. */
const SEARCHED = { characters: Number.POSITIVE_INFINITY, milliseconds: Number.POSITIVE_INFINITY };

/**
 * Evidence can only be given as it came, or its digest would not hold. Where a secret stands in it, it is for who may
 * see payloads; for others the digest in the entry is left.
 */
async function holdsSecret({ name, text }: TextLine): Promise<boolean> {
  return name === "evidence" && (await findSecrets(text, SEARCHED)).length > 0;
}

/** Null for evidence whose text was redacted: the digest in the entry is what is left of it. */
async function textLine(
  scope: Scope,
  { name, digest, row }: Extract<Cited, { what: "text" }>,
): Promise<TextLine | null> {
  const found = await read(scope, (db) => findText(db, row));
  if (found === null) throw new Broken(`The ${name} that the entry cites is missing from the database.`);
  const { text, redactedIn } = found;
  if (sha256(text) === digest) return { type: "document", name, sha256: digest, text };
  if (redactedIn !== null && (await read(scope, (db) => countRedactions(db, null, redactedIn))).all > 0)
    return null;
  throw new Broken(`The ${name} in the database is not the one that the entry cites: its SHA-256 differs.`);
}

async function eventLines(
  scope: Scope,
  { runId, from, to, root }: Extract<Cited, { what: "events" }>,
  unchanged: () => Promise<void>,
): Promise<AttachedLine[]> {
  const events = await listStoredEvents(scope, runId, from, to);
  await unchanged();
  const isWhole =
    events.length === to - from + 1 && storedBatch(events)?.root.equals(Buffer.from(root, "hex"));
  if (!isWhole) {
    throw new Broken(
      `Events ${from} to ${to} of ${runId} in the database are not the ones that the entry commits to.`,
    );
  }
  return events.map((event) => eventLine(runId, event));
}

function eventLine(run: string, event: StoredEvent): AttachedLine {
  const { seq, attempt, at, observedBy, kind, body, salt } = event;
  const facts = { type: "event", run, seq, attempt, at, observedBy, kind } as const;
  if (salt !== null) return { ...facts, body, salt: hex(salt) };
  return { ...facts, commitment: hex(commitmentOf(event) ?? Buffer.alloc(0)) };
}

async function* blobLines(
  scope: Scope,
  { name, commitment, runId }: Extract<Cited, { what: "blob" }>,
  unchanged: () => Promise<void>,
): AsyncGenerator<AttachedLine> {
  const blob = await read(scope, (db) => findCitedBlob(db, runId, commitment));
  await unchanged();
  const facts = { type: "blob", name, commitment } as const;
  if (!blob) throw new Broken(`The ${name} that the entry cites is missing from the database.`);
  if (blob.salt === null) {
    yield { ...facts, redacted: true };
    return;
  }
  const salt = hex(blob.salt);
  const hash = createHash("sha256").update(blob.salt);
  let held = Buffer.alloc(0);
  let part = 0;
  for await (const chunk of bytesOf(blob.id, name)) {
    hash.update(chunk);
    held = Buffer.concat([held, chunk]);
    for (; held.length > PART_BYTES; part++) {
      const base64 = held.subarray(0, PART_BYTES).toString("base64");
      held = held.subarray(PART_BYTES);
      yield { ...facts, salt, part, last: false, base64 };
    }
  }
  await unchanged();
  if (hash.digest("hex") !== commitment)
    throw new Broken(`The stored ${name} is not the one that the entry commits to.`);
  yield { ...facts, salt, part, last: true, base64: held.toString("base64") };
}

async function* bytesOf(blobId: string, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of await blobStore().open(blobId)) yield chunk as Buffer;
  } catch (error) {
    throw new Broken(`The stored ${name} cannot be read: ${messageOf(error)}`);
  }
}
