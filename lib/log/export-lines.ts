// The bundle of a pinned export, page by page.
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { parseCheckpoint } from "../tlog/checkpoint.ts";
import { openNote } from "../tlog/note.ts";
import { Broken, type BundleHeader, bundleLines, type Disclosed } from "./bundle.ts";
import { attachedTo } from "./documents/attached.ts";
import { shownPieces } from "./documents/shown-pieces.ts";
import {
  countRedactions,
  type ExportRow,
  type LeafEntry,
  selectLeaves,
  selectLeavesAt,
} from "./export-store.ts";
import { selectPilotsOf } from "./store.ts";
import { openTree } from "./tiles.ts";

export type Pin = ExportRow;
/** What lines are made from; a proof has no row of its own. */
export type Pinned = Pick<Pin, "epoch" | "size" | "note" | "withBlobs" | "pilotId" | "runId" | "redactions">;

/** Entries in memory at a time; bodies have 64 KiB at most, and commonly half of one. */
const PAGE = 512;

/** `indexes`: of a dossier or a proof, the entries that belong to it. */
export async function pinnedLines(
  scope: Scope,
  pin: Pinned,
  about: BundleHeader["about"],
  indexes: readonly number[] | null = null,
): Promise<AsyncGenerator<string>> {
  const { epoch, note, withBlobs } = pin;
  const { origin, size, root } = parseCheckpoint(openNote(note).text);
  const source = await openTree({ epoch, size, root });
  const header = { origin, epoch, size, checkpoint: note, about, blobs: withBlobs } as const;
  const pages = indexes ? chosenPages(scope, pin, indexes) : allPages(scope, pin);
  return bundleLines(header, disclosedOf(scope, pin, pages), source);
}

async function* allPages(scope: Scope, { epoch, size }: Pinned): AsyncGenerator<LeafEntry[]> {
  for (let from = 0; from < size; from += PAGE) {
    const to = Math.min(from + PAGE, size);
    const rows = await read(scope, (db) => selectLeaves(db, epoch, from, to));
    const hole = rows.findIndex(({ index }, at) => index !== from + at);
    if (rows.length !== to - from) {
      const missing = from + (hole === -1 ? rows.length : hole);
      throw new Broken(`Entry ${missing} was numbered and signed, and its number is gone from the database.`);
    }
    yield rows;
  }
}

async function* chosenPages(
  scope: Scope,
  { epoch }: Pinned,
  indexes: readonly number[],
): AsyncGenerator<LeafEntry[]> {
  for (let at = 0; at < indexes.length; at += PAGE) {
    yield read(scope, (db) => selectLeavesAt(db, epoch, indexes.slice(at, at + PAGE)));
  }
}

async function* disclosedOf(
  scope: Scope,
  pin: Pinned,
  pages: AsyncIterable<readonly LeafEntry[]>,
): AsyncGenerator<Disclosed[]> {
  const { withBlobs, pilotId, runId, redactions } = pin;
  const unchanged = async () => {
    const { all, active } = await read(scope, (db) => countRedactions(db, pilotId, runId));
    if (all !== redactions || active > 0)
      throw new Broken("Payloads were redacted while this was being made. Start another export.");
  };
  const pieces = shownPieces();
  for await (const page of pages) {
    const entries = page.map(({ index, about, body }) => {
      if (about && body) return { index, about, body };
      throw new Broken(`Entry ${index} was numbered and signed, and is gone from the database.`);
    });
    const pilots =
      pilotId === null
        ? null
        : await read(scope, (db) =>
            selectPilotsOf(
              db,
              entries.flatMap(({ about }) => about),
            ),
          );
    const shown = entries.filter(
      ({ about }) =>
        pilots === null ||
        about.some((subject) => pilots.get(subject) === pilotId) ||
        // Of no pilot: without the keys nobody can check what was signed. They hold opaque ids and public keys.
        about[0]?.startsWith("passkey:"),
    );
    yield shown.map(({ index, body }) => ({
      index,
      body,
      attached: attachedTo(scope, body, { withBlobs, unchanged, pieces }),
    }));
  }
}
