import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { blobStore, storeBytes } from "#lib/blobs/service.ts";
import { changesDocument, changesText } from "#lib/changes/rules.ts";
import { SECOND } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { detectPatch, flagSightings, refusedBundle } from "#lib/findings/detect/detect-patch.ts";
import { openFindings } from "#lib/findings/open-findings.ts";
import type { Sighting } from "#lib/findings/schema.ts";
import { enqueue } from "#lib/jobs/queue.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { findImportOrder, type ImportOrder, recordPatch, refusePatch } from "#lib/patches/service.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import type { Scope } from "#lib/scope.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import { type Intake, takeInPatch } from "../git/intake/take-in-patch.ts";
import type { Workplace } from "../workplace.ts";
import { storeImages } from "./store-images.ts";

/** Takes in what the agent handed over. A run that has moved on meanwhile is left alone. */
export async function importPatch(
  workplace: Workplace,
  scope: Scope,
  { runId, attempt }: JobPayload<"import_patch">,
): Promise<void> {
  const order = await findImportOrder(scope, runId, attempt);
  if (!order) return;
  const scratch = await mkdtemp(join(workplace.workshop.scratch, "import-"));
  try {
    const intake = await takeIn(workplace, order, join(scratch, "patch.bundle"), scope.clock.now());
    await write(scope, order, intake);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function takeIn(workplace: Workplace, order: ImportOrder, bundlePath: string, now: number): Promise<Intake> {
  const { PILOTHOUSE_INDICATORS: file } = workplace.env;
  const { allowedPaths, protectedPaths, forbiddenPaths, maxFiles, maxChangedLines, licences } =
    order.charter.scope;
  const { harnessPaths } = order.charter.environment;
  return takeInPatch(workplace.workshop, {
    mirror: workplace.mirrorOf(order.repositoryId),
    bundle: blobStore().path(order.bundleBlobId),
    base: order.baseCommit,
    ...(file === undefined ? {} : { indicators: { file, now } }),
    paths: {
      allowedPaths,
      protectedPaths,
      forbiddenPaths,
      harnessPaths,
      maxFiles,
      maxChangedLines,
      licences,
    },
    commit: {
      author: PILOTHOUSE,
      committer: PILOTHOUSE,
      date: Math.floor(order.launchedAt.getTime() / SECOND),
      message: `Patch of ${order.runId}, attempt ${order.attempt}\n`,
      bundlePath,
    },
  });
}

const BLOB_CAP = DEFAULT_CAPS.bundleBytes * 2;

async function write(scope: Scope, order: ImportOrder, intake: Intake): Promise<void> {
  const at = scope.clock.now();
  const { attempt } = order;
  if (intake.outcome === "refused") {
    return refuse(scope, order, intake.sentence, [refusedBundle(attempt, at, intake.sentence)]);
  }
  const { patch, rebuilt } = intake;
  if (!rebuilt) {
    const blocking = patch.verdict.flags.filter((flag) => flag.severity === "block").slice(0, 5);
    return refuse(
      scope,
      order,
      `The tree policy blocks this patch: ${blocking.map((flag) => flag.sentence).join(" ")}`,
      flagSightings({ patchId: null, attempt, at, flags: patch.verdict.flags }),
    );
  }
  const now = scope.clock.now();
  const manifest = await storeBytes(Readable.from([patch.manifest]), BLOB_CAP, now);
  const diff = await storeBytes(Readable.from([patch.diff]), BLOB_CAP, now);
  const bundle = await storeBytes(createReadStream(rebuilt.bundle.path), BLOB_CAP, now);
  const text = changesText(changesDocument(patch.analysis));
  const analysis = await storeBytes(Readable.from([Buffer.from(text)]), BLOB_CAP, now);
  const { baseTree, tree, digest } = patch;
  const { files, images } = await storeImages(patch.files, patch.binaries, now);
  const { flags } = patch.verdict;
  const imported = {
    attempt: order.attempt,
    baseTree,
    tree,
    commit: rebuilt.commit,
    digest,
    files,
    flags,
    manifest,
    diff,
    bundle,
    analysis,
    images,
  };
  const { diff: lines, left } = patch;
  const seen = await detectPatch({ patchId: null, attempt, at, flags, diff: lines.toString("utf8"), left });
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, order.runId);
    if (run.status !== "verifying" || run.bundleBlobId !== order.bundleBlobId) return;
    const patchId = await recordPatch(tx, scope, run, imported);
    if (patchId === null) return;
    if (attempt > 1) await enqueue(tx, "compare_patches", { runId: run.id }, run.id);
    await openFindings(
      tx,
      scope,
      run.id,
      seen.map((each) => ({ ...each, patchId })),
    );
  });
}

async function refuse(
  scope: Scope,
  order: ImportOrder,
  reason: string,
  seen: readonly Sighting[],
): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, order.runId);
    if (run.status !== "verifying" || run.bundleBlobId !== order.bundleBlobId) return;
    await refusePatch(tx, scope, run, reason);
    await openFindings(tx, scope, run.id, seen);
  });
}
