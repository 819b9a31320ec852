// Which files of a patch somebody has viewed: kept for each person, wherever they look from. No decision rests on it.
import { blobStore } from "../blobs/service.ts";
import { namedPatch } from "../comments/shown-paths.ts";
import { read, transaction } from "../db.ts";
import { conflict, forbidden, notFound } from "../errors.ts";
import type { PatchView } from "../patches/schema.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { contentOf, sidesOf } from "./rules.ts";
import type { SetViewed } from "./schema.ts";
import { dropAll, dropSeen, listSeen, putSeen, type Seen } from "./store.ts";

/** Files of the newest patch that this person viewed as they are now, by the page's names. The caller has checked visibility. */
export async function listViewed(scope: Scope, runId: string): Promise<string[]> {
  if (scope.actor.kind !== "user") return [];
  const personId = actorId(scope.actor);
  const seen = await read(scope, (db) => listSeen(db, runId, personId));
  const named = seen.length > 0 ? await namedPatch(scope, runId) : null;
  if (!named) return [];
  const contents = await contentsOf(scope, named.patch);
  return seen
    .filter(({ path, content }) => contents.get(path) === content)
    .flatMap(({ path }) => named.shownOf(path) ?? []);
}

/** Doing it twice changes nothing. */
export async function setViewed(scope: Scope, { runId, patchId, paths, isViewed }: SetViewed): Promise<void> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person views a patch.");
  await getRun(scope, runId);
  const named = await namedPatch(scope, runId);
  if (!named) throw notFound("patch");
  if (named.patch.id !== patchId)
    throw conflict("Another attempt came in meanwhile. Reload the page and view its patch.");
  const real = paths.flatMap((path) => named.realOf(path) ?? []);
  if (real.length !== paths.length) throw notFound("file");
  const whose = { runId, personId: actorId(scope.actor), at: new Date(scope.clock.now()) };
  const contents = await contentsOf(scope, named.patch);
  const seen = real.flatMap((path): Seen[] => {
    const content = contents.get(path);
    return content === undefined ? [] : [{ path, content }];
  });
  await transaction(scope, (tx) => (isViewed ? putSeen(tx.db, whose, seen) : dropSeen(tx.db, whose, real)));
}

/** What each file of a patch is known by; empty once the patch was taken away. */
async function contentsOf(scope: Scope, { id, files }: PatchView): Promise<ReadonlyMap<string, string>> {
  const patch = await read(scope, (db) =>
    db.patch.findUnique({ where: { id }, select: { manifestBlobId: true } }),
  );
  const blob =
    patch && (await read(scope, (db) => db.blob.findUnique({ where: { id: patch.manifestBlobId } })));
  if (!blob || blob.deletedAt) return new Map();
  const sides = sidesOf(await blobStore().read(blob.id));
  return new Map(
    files.flatMap((file): [string, string][] => {
      const content = contentOf(sides, file);
      return content === null ? [] : [[file.path, content]];
    }),
  );
}

/** For a redaction: names of files. */
export const takeViewed = dropAll;
