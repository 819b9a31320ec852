import { randomBytes } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { SALT_BYTES, storable } from "../events/rules.ts";
import { newId } from "../ids.ts";
import { filesOf, hunksOf, rangeOn } from "../interdiff/unified.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { readDiff } from "../patches/service.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { type Place, refusalToComment, type Said, saidText } from "./rules.ts";
import type { AddComment, ReplyToThread } from "./schema.ts";
import { type NamedPatch, namedPatch } from "./shown-paths.ts";
import * as store from "./store.ts";

const MOST_LINES = 500;
const MOST_REPLIES = 200;

/**
 * Begins a thread on lines of a run's newest patch. Code that is put forward bars its author from approving the merge; words
 * do not. The same request key gives the same comment.
 */
export async function addComment(scope: Scope, input: AddComment): Promise<{ threadId: string }> {
  requirePerson(scope);
  const { runId, side, from, to } = input;
  const named = await readable(scope, runId, input.patchId);
  const path = named.realOf(input.path);
  if (path === null) throw notFound("file");
  const place: Place = { path, side, from: Number(from), to: Number(to) };
  const quote = await linesAt(scope, named, place);
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "review.comment", run.pilotId);
    const earlier = await store.findByRequestKey(tx.db, runId, input.requestKey);
    if (earlier) return { threadId: earlier.threadId };
    const threads = await store.countThreads(tx.db, runId);
    const isNewest = (await newestPatchId(tx, runId)) === named.patch.id;
    const refusal = refusalToComment({ status: run.status, isNewest, threads });
    if (refusal !== null) throw refused(refusal);
    const id = newId("thread", scope.clock.now());
    await store.insertThread(tx.db, {
      ...{ id, runId, patchId: named.patch.id, attempt: named.patch.attempt },
      ...{ path: place.path, side, fromLine: place.from, toLine: place.to, quote: storable(quote) },
      createdBy: actorId(scope.actor),
      createdAt: new Date(scope.clock.now()),
    });
    const said = { ...place, text: input.text ?? "", replacement: input.replacement ?? null };
    await write(tx, scope, run, {
      threadId: id,
      patchId: named.patch.id,
      said,
      requestKey: input.requestKey,
    });
    return { threadId: id };
  });
}

/** An answer in a thread, in words. */
export async function replyToThread(scope: Scope, input: ReplyToThread): Promise<{ threadId: string }> {
  requirePerson(scope);
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, input.runId);
    requirePermission(scope, "review.comment", run.pilotId);
    const earlier = await store.findByRequestKey(tx.db, run.id, input.requestKey);
    if (earlier) return { threadId: earlier.threadId };
    const thread = await store.findThread(tx.db, run.id, input.threadId);
    if (!thread) throw notFound("thread");
    const refusal = refusalToComment({ status: run.status, isNewest: true, threads: 0 });
    if (refusal !== null) throw refused(refusal);
    if ((await store.countComments(tx.db, thread.id)) >= MOST_REPLIES)
      throw refused(`A thread holds at most ${MOST_REPLIES} comments. Begin another one.`);
    const { path, side, fromLine: from, toLine: to } = thread;
    const said = { path, side, from, to, text: input.text, replacement: null };
    const { patchId, id: threadId } = thread;
    await write(tx, scope, run, { threadId, patchId, said, requestKey: input.requestKey });
    return { threadId };
  });
}

function requirePerson({ actor }: Scope): void {
  if (actor.kind !== "user") throw forbidden("Only a person can comment on a patch.");
}

/** The patch that was read, for whoever may see its run. */
async function readable(scope: Scope, runId: string, patchId: string): Promise<NamedPatch> {
  requirePermission(scope, "review.comment", (await getRun(scope, runId)).pilotId);
  const named = await namedPatch(scope, runId);
  if (!named) throw notFound("patch");
  if (named.patch.id !== patchId)
    throw conflict("Another attempt came in meanwhile. Reload the page and comment on its patch.");
  return named;
}

async function linesAt(
  scope: Scope,
  { patch }: NamedPatch,
  { path, side, from, to }: Place,
): Promise<string> {
  if (to - from + 1 > MOST_LINES) throw refused(`A comment is about at most ${MOST_LINES} lines.`);
  const at = patch.files.findIndex((file) => file.path === path);
  const file = filesOf(await readDiff(scope, patch))[at] ?? "";
  const lines = rangeOn(hunksOf(file), side, from, to);
  if (lines === null)
    throw refused("The patch does not show all of these lines. Choose lines that it shows, without a gap.");
  return lines.join("\n");
}

async function newestPatchId(tx: Tx, runId: string): Promise<string | null> {
  const where = { runId };
  return (
    (await tx.db.patch.findFirst({ where, orderBy: { createdAt: "desc" }, select: { id: true } }))?.id ?? null
  );
}

interface NewComment {
  readonly threadId: string;
  readonly patchId: string;
  readonly said: Said;
  readonly requestKey: string;
}

async function write(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { threadId, patchId, said: given, requestKey }: NewComment,
): Promise<void> {
  const id = newId("comment", scope.clock.now());
  const said = storable(given);
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const commitment = payloadCommitment(salt, Buffer.from(saidText(said), "utf8")).toString("hex");
  const isSuggestion = said.replacement !== null;
  await store.insertComment(tx.db, {
    ...{ id, threadId, runId: run.id, text: said.text, replacement: said.replacement, isSuggestion },
    ...{ salt, commitment, requestKey, authorId: actorId(scope.actor) },
    createdAt: new Date(scope.clock.now()),
  });
  tx.record({
    kind: "review.commented",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    charter: run.charterDigest,
    detail: { thread: threadId, comment: id, patch: patchId, suggestion: isSuggestion, text: commitment },
  });
  tx.ring({ channel: "run_changed", payload: run.id });
}
