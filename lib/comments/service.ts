import { type Db, read } from "../db.ts";
import { findInterdiff } from "../interdiff/service.ts";
import { filesOf, hunksOf, linesOn } from "../interdiff/unified.ts";
import type { PatchView } from "../patches/schema.ts";
import { findPatchOf, readDiff } from "../patches/service.ts";
import { namesOf } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { type BaseLines, linesNow } from "./lines-now.ts";
import { type Place, saidText } from "./rules.ts";
import type { LinesNow, ThreadView } from "./schema.ts";
import { type NamedPatch, namedPatch } from "./shown-paths.ts";
import type { CommentRow, ThreadRow } from "./store.ts";
import * as store from "./store.ts";

/**
 * What was said about a run's patches, the oldest first, with what became of the lines since. Secrets are masked. The caller
 * has checked the run's visibility.
 */
export async function listThreads(scope: Scope, runId: string): Promise<ThreadView[]> {
  const { threads, comments, sendings } = await read(scope, async (db) => ({
    threads: await store.listThreads(db, runId),
    comments: await store.listComments(db, runId),
    sendings: await store.countSendings(db, runId),
  }));
  const named = threads.length > 0 ? await namedPatch(scope, runId) : null;
  if (!named) return [];
  const people = [
    ...comments.map(({ authorId }) => authorId),
    ...threads.map((each) => each.resolvedBy ?? ""),
  ];
  const names = await namesOf(scope, [...new Set(people.filter((id) => id !== ""))]);
  const nameOf = (id: string) => names.get(id) ?? id;
  const where = await linesOfAll(scope, runId, named, threads);
  const shown = await maskValue(
    threads.map((thread) => viewOf(thread, comments, sendings, nameOf, where.get(thread.id) ?? LOST)),
  );
  return shown.map((view, at) => withPaths(view, threads[at]?.path ?? "", where, named));
}

const LOST: LinesNow = { state: "unknown", why: "Its patch is there no more." };

function viewOf(
  thread: ThreadRow,
  comments: readonly CommentRow[],
  sendings: ReadonlyMap<string, number>,
  nameOf: (id: string) => string,
  now: LinesNow,
): ThreadView {
  const {
    id,
    attempt,
    patchId,
    path,
    side,
    fromLine: from,
    toLine: to,
    quote,
    resolvedBy,
    resolvedAt,
  } = thread;
  return {
    ...{ id, attempt, patchId, path, side, from, to, quote, now, isOpen: resolvedAt === null },
    resolvedByName: resolvedBy === null ? null : nameOf(resolvedBy),
    sent: sendings.get(id) ?? 0,
    comments: comments
      .filter(({ threadId }) => threadId === id)
      .map(({ id: commentId, authorId, text, replacement, createdAt }) => ({
        ...{ id: commentId, text, replacement, createdAt, authorName: nameOf(authorId) },
      })),
  };
}

/** Paths as the review's list of files has them, so that a thread finds its file. */
function withPaths(
  view: ThreadView,
  real: string,
  where: ReadonlyMap<string, LinesNow>,
  { shownOf }: NamedPatch,
): ThreadView {
  const now = where.get(view.id);
  const place =
    now && "path" in now && "path" in view.now
      ? { ...view.now, path: shownOf(now.path) ?? view.now.path }
      : view.now;
  return { ...view, path: shownOf(real) ?? view.path, now: place };
}

async function linesOfAll(
  scope: Scope,
  runId: string,
  { patch }: NamedPatch,
  threads: readonly ThreadRow[],
): Promise<ReadonlyMap<string, LinesNow>> {
  const found = new Map<string, LinesNow>();
  const fileIn = await fileReader(scope, threads.some((each) => each.patchId !== patch.id) ? [patch] : []);
  for (const patchId of new Set(threads.map((thread) => thread.patchId))) {
    const own = threads.filter((thread) => thread.patchId === patchId);
    const isNewest = patchId === patch.id;
    const then = isNewest ? patch : await findPatchOf(scope, runId, patchId);
    if (!then) continue;
    const interdiff = isNewest
      ? { state: "waiting" as const }
      : await findInterdiff(scope, patchId, patch.id);
    const fileThen =
      isNewest || own.every(({ side }) => side === "new") ? null : await fileReader(scope, [then]);
    for (const thread of own) {
      const { path, side, fromLine: from, toLine: to } = thread;
      const place: Place = { path, side, from, to };
      const isOfBase = !isNewest && side === "old";
      const file = {
        before: isOfBase ? (fileThen?.(then, path) ?? NO_LINES) : NO_LINES,
        after: isOfBase ? fileIn(patch, path) : NO_LINES,
      };
      const isSameBase = then.baseCommit === patch.baseCommit;
      found.set(thread.id, linesNow({ place, isNewest, isSameBase, interdiff, file }));
    }
  }
  return found;
}

const NO_LINES: BaseLines = new Map();
type FileReader = (patch: PatchView, path: string) => BaseLines;

/** What patches whose diffs are still there show of a file's base; read once for all threads about it. */
async function fileReader(scope: Scope, patches: readonly PatchView[]): Promise<FileReader> {
  const texts = new Map<string, readonly string[]>();
  for (const patch of patches) {
    const blob = await read(scope, (db) => db.blob.findUnique({ where: { id: patch.diffBlobId } }));
    texts.set(patch.id, blob?.deletedAt === null ? filesOf(await readDiff(scope, patch)) : []);
  }
  const known = new Map<string, BaseLines>();
  return (patch, path) => {
    const key = `${patch.id}\0${path}`;
    const at = patch.files.findIndex((file) => file.path === path);
    const lines = known.get(key) ?? linesOn(hunksOf(texts.get(patch.id)?.[at] ?? ""), "old");
    known.set(key, lines);
    return lines;
  };
}

/** For a redaction. Returns how many lost their words. */
export const takeComments = (db: Db, runId: string, text: string): Promise<number> =>
  store.clearTexts(db, runId, text);

/** What a comment's commitment is made of, and its salt; null for one that never was. */
export async function saidInComment(
  db: Db,
  commentId: string,
): Promise<{ text: string; salt: Uint8Array | null } | null> {
  const found = await store.findSaid(db, commentId);
  if (!found) return null;
  const { comment, thread } = found;
  const { path, side, fromLine: from, toLine: to } = thread;
  const { text, replacement, salt } = comment;
  return { salt, text: saidText({ path, side, from, to, text, replacement }) };
}
