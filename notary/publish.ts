// A checkpoint is out when its file was renamed into place; the row is for pages, and the call wakes them.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { formatCheckpoint, type TreeHead } from "#lib/tlog/checkpoint.ts";
import { formatNote, type NoteSignature, openNote, signNote } from "#lib/tlog/note.ts";
import { epochFolder } from "./border.ts";
import { type Disk, errnoOf, SHARED_FILE } from "./disk.ts";
import { inTurn } from "./in-turn.ts";
import { type LogKey, signerOf, verifierOf } from "./keys.ts";

const checkpointFile = (log: string, epoch: number) => join(epochFolder(log, epoch), "checkpoint");

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return null;
    throw error;
  });
}

/** The published note; null where nothing was published yet. */
export const readPublished = (log: string, epoch: number): Promise<string | null> =>
  readText(checkpointFile(log, epoch));

/** Where people find by which keys to check: one verifier text a line. */
async function publishVerifiers(
  disk: Disk,
  log: string,
  epoch: number,
  origin: string,
  keys: readonly LogKey[],
) {
  const path = join(epochFolder(log, epoch), "vkey");
  const text = keys.map((key) => `${verifierOf(origin, key.publicHex).text}\n`).join("");
  if ((await readText(path)) !== text) await disk.replace(path, text, SHARED_FILE);
}

const textOf = (note: string | null): string | null => (note === null ? null : openNote(note).text);

// The round publishes while witnesses answer: looking at the file and replacing it is one act, or it could go back.
const changingFile = inTurn();
const changingRow = inTurn();

/**
 * Signs and publishes. Signing the same head again gives the same bytes, so this may be repeated after a crash; lines
 * that witnesses added to the file stay.
 */
export async function publishCheckpoint(
  client: pg.ClientBase,
  disk: Disk,
  log: string,
  epoch: number,
  head: TreeHead,
  keys: readonly LogKey[],
): Promise<void> {
  await mkdir(epochFolder(log, epoch), { recursive: true, mode: 0o750 });
  await publishVerifiers(disk, log, epoch, head.origin, keys);
  const text = formatCheckpoint(head);
  const note = signNote(
    text,
    keys.map((key) => signerOf(head.origin, key)),
  );
  await changingFile(async () => {
    if (textOf(await readPublished(log, epoch)) !== text)
      await disk.replace(checkpointFile(log, epoch), note, SHARED_FILE);
  });
  await client.query(
    `with published as (
       insert into log_checkpoint (epoch, size, root, note, signed_at) values ($1, $2, $3, $4, clock_timestamp())
       on conflict do nothing returning epoch)
     select pg_notify('log_grew', '') from published`,
    [epoch, head.size, head.root, note],
  );
}

/** The row of that size with more lines; null where it is not there any more. */
async function addToRow(
  client: pg.ClientBase,
  epoch: number,
  size: number,
  added: readonly NoteSignature[],
): Promise<string | null> {
  const { rows } = await client.query<{ note: string }>(
    "select note from log_checkpoint where epoch = $1 and size = $2",
    [epoch, size],
  );
  if (!rows[0]) return null;
  const { text, signatures } = openNote(rows[0].note);
  const stays = signatures.filter(
    (one) => !added.some(({ name, keyId }) => name === one.name && keyId === one.keyId),
  );
  const note = formatNote({ text, signatures: [...stays, ...added] });
  await client.query("update log_checkpoint set note = $3 where epoch = $1 and size = $2", [
    epoch,
    size,
    note,
  ]);
  return note;
}

/** Lines of a witness, added to the row of that size and to the file while it is of that size. Returns the note. */
export function addCosignatures(
  client: pg.ClientBase,
  disk: Disk,
  log: string,
  { epoch, size }: { readonly epoch: number; readonly size: number },
  added: readonly NoteSignature[],
): Promise<string | null> {
  return changingRow(async () => {
    const note = await addToRow(client, epoch, size, added);
    if (note === null) return null;
    await changingFile(async () => {
      if (textOf(await readPublished(log, epoch)) === textOf(note))
        await disk.replace(checkpointFile(log, epoch), note, SHARED_FILE);
    });
    await client.query("select pg_notify('log_grew', '')");
    return note;
  });
}
