// A patch as people review it: secrets masked inside lines and names. The digest is of the content as it is.
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type MaskedDiff, maskDiff } from "../secrets/mask-diff.ts";
import { maskValue } from "../secrets/mask-value.ts";
import type { PatchView } from "./schema.ts";
import { findPatch, readDiff } from "./service.ts";

/** The largest diff that is taken in, and the time a hostile one of that size may cost its reader. */
const DIFF_BUDGET = { characters: 32 * 1024 * 1024, milliseconds: 6000 };

/** The newest patch of a run with its names masked, or null while there is none. */
export async function findShownPatch(scope: Scope, runId: string): Promise<PatchView | null> {
  const patch = await findPatch(scope, runId);
  if (!patch) return null;
  const { files, flags } = await maskValue({ files: patch.files, flags: patch.flags });
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [at, { path }] of patch.files.entries()) {
    const name = uniqueName(files[at]?.path ?? path, taken);
    names.set(path, name);
    taken.add(name);
  }
  return {
    ...patch,
    files: files.map((file, at) => ({ ...file, path: names.get(patch.files[at]?.path ?? "") ?? file.path })),
    flags: flags.map((flag, at) => {
      const path = patch.flags[at]?.path ?? null;
      return { ...flag, path: path === null ? null : (names.get(path) ?? flag.path) };
    }),
  };
}

/** Two names that differ in nothing but a secret are still two files. */
function uniqueName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name} (${count})`;
    if (!taken.has(candidate)) return candidate;
  }
}

export interface ShownDiff extends MaskedDiff {
  /** By an order or by the pilot's retention; the text is empty then. */
  readonly isTakenAway: boolean;
}

/** A diff never changes, and a page that refreshes itself asks for it again and again. */
const searched = new Map<string, Promise<MaskedDiff>>();
const KEPT = 4;

export async function readShownDiff(scope: Scope, patch: PatchView): Promise<ShownDiff> {
  const id = patch.diffBlobId;
  const blob = await read(scope, (db) => db.blob.findUnique({ where: { id }, select: { deletedAt: true } }));
  if (blob?.deletedAt) {
    searched.delete(id);
    return { text: "", lines: [], isTakenAway: true };
  }
  return { ...(await maskedOnce(patch)), isTakenAway: false };
}

function maskedOnce(patch: PatchView): Promise<MaskedDiff> {
  const id = patch.diffBlobId;
  const known = searched.get(id);
  if (known) return known;
  const mine = readDiff(patch).then((diff) => maskDiff(diff, DIFF_BUDGET));
  searched.set(id, mine);
  const [oldest] = searched.keys();
  if (searched.size > KEPT && oldest !== undefined) searched.delete(oldest);
  mine.catch(() => searched.delete(id));
  return mine;
}
