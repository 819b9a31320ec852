// What the witness remembers: for each log the latest checkpoint it cosigned, as a note with its own cosignatures. The
// note is the whole memory, so what is on disk proves by itself that it was this witness who wrote it.
import { hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, refused } from "#lib/errors.ts";
import { parseCheckpoint, type TreeHead } from "#lib/tlog/checkpoint.ts";
import type { Verifier } from "#lib/tlog/keys.ts";
import { openNote, verifiedBy } from "#lib/tlog/note.ts";
import { ensureFolder, readIfThere, writeDurably } from "./files.ts";

/** The name of a log in addresses and on disk: hex SHA-256 of its origin. */
export const originHash = (origin: string): string => hash("sha256", origin, "hex");

const folderOf = (state: string, origin: string): string => join(state, "logs", originHash(origin));
const recordOf = (state: string, origin: string): string => join(folderOf(state, origin), "checkpoint");

export interface Cosigned extends TreeHead {
  readonly note: string;
}

function parseRecord(text: string, origin: string, own: readonly Verifier[]): Cosigned {
  const note = openNote(text);
  const head = parseCheckpoint(note.text);
  if (head.origin !== origin) throw refused(`it is of ${head.origin}`);
  if (verifiedBy(note, own).length < own.length) throw refused("it lacks a cosignature of this witness");
  return { ...head, note: text };
}

/** The latest checkpoint cosigned for a log, or null for none. A damaged record is an error, never “none”. */
export async function readRecord(
  state: string,
  origin: string,
  own: readonly Verifier[],
): Promise<Cosigned | null> {
  const path = recordOf(state, origin);
  const bytes = await readIfThere(path);
  if (!bytes) return null;
  try {
    return parseRecord(bytes.toString("utf8"), origin, own);
  } catch (error) {
    throw refused(`The record ${path} is not what this witness wrote: ${messageOf(error)}`);
  }
}

/** Resolves when the record is on disk for good; nothing may be answered before. */
export async function writeRecord(state: string, { origin, note }: Cosigned): Promise<void> {
  await writeDurably(recordOf(state, origin), note);
}

/** A log that signs more of them than this has proved enough, and must not fill the disk. */
const MAX_FORKS = 100;

/** Keeps a second tree that a log signed for one size. Written once; the first is the record's. */
export async function keepFork(
  state: string,
  { origin, size, root }: TreeHead,
  note: string,
): Promise<boolean> {
  const folder = join(folderOf(state, origin), "forks");
  const path = join(folder, `${size}-${root.toString("hex")}`);
  if (await readIfThere(path)) return false;
  await ensureFolder(folder);
  if ((await readdir(folder)).length >= MAX_FORKS) return false;
  await writeDurably(path, note);
  return true;
}
