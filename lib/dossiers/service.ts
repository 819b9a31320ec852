// One file with everything about a run: the bundle, which a verifier checks, and a page made from it, which a person
// reads. Making one is recorded with the bundle's digest.
import { createHash } from "node:crypto";
import { may, requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import { transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { findOwn, insertPinned, pinned, requireBlobs, resumed, subjectsOf } from "../log/export.ts";
import { type Pin, pinnedLines } from "../log/export-lines.ts";
import { runIndexes } from "../log/export-run.ts";
import type { Reader } from "../log-access/schema.ts";
import { namesOf } from "../people/service.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { RunView } from "../runs/schema.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { listShownEvents } from "../timeline/service.ts";
import { maskedTold } from "./masked.ts";
import { dossierPage } from "./page.ts";
import { createTeller } from "./rules.ts";
import type { ToldBundle } from "./schema.ts";

const EVENTS_AT_ONCE = 500;

export interface MadeDossier {
  readonly exportId: string;
  /** Hex SHA-256 of the bundle. */
  readonly sha256: string;
  readonly pin: Pin;
  readonly run: RunView;
  readonly told: ToldBundle;
}

/** A dossier is the log's: whoever reads that of the run's pilot has it, though they may see runs nowhere. */
const seenRun = (scope: Scope, runId: string): Promise<RunView> =>
  getRun(scope, runId, can(scope.grants, "log.view") ? "log.view" : "run.view");

async function bundleOf(scope: Scope, pin: Pin, run: RunView): Promise<AsyncGenerator<string>> {
  return pinnedLines(scope, pin, "dossier", await runIndexes(scope, pin, run));
}

/**
 * Pins a dossier to the newest checkpoint and records that it was made. The bundle is read through once for its
 * digest, so what is recorded is what is handed out.
 */
export async function makeDossier(
  scope: Scope,
  reader: Reader,
  runId: string,
  withBlobs: boolean,
): Promise<MadeDossier> {
  const run = await seenRun(scope, runId);
  requirePermission(scope, "log.view", run.pilotId);
  if (withBlobs) requireBlobs(scope, reader, run.pilotId);
  const pilotId = may(scope, "log.view", null) ? null : run.pilotId;
  const pin = await pinned(scope, reader, { pilotId, runId, withBlobs });
  const hash = createHash("sha256");
  const teller = createTeller();
  for await (const line of await bundleOf(scope, pin, run)) {
    hash.update(line);
    teller.add(line);
  }
  const told = teller.told();
  if (told.broken !== null) throw refused(told.broken);
  if (!told.entries.some(({ kind }) => kind === "run.launched"))
    throw refused("The run is not under a signed checkpoint yet. Try again in a moment.");
  const sha256 = hash.digest("hex");
  await transaction(scope, async (tx) => {
    await insertPinned(tx, pin);
    tx.record({
      kind: "log.dossier_made",
      about: subjectsOf(pin),
      charter: run.charterDigest,
      detail: { run: runId, epoch: pin.epoch, size: pin.size, sha256 },
    });
  });
  return { exportId: pin.id, sha256, pin, run, told };
}

/** The bundle of a dossier just made. */
export const dossierLines = (scope: Scope, { pin, run }: MadeDossier): Promise<AsyncGenerator<string>> =>
  bundleOf(scope, pin, run);

/** The bundle of a dossier that the reader made before, from line `from` on. */
export async function openDossier(
  scope: Scope,
  reader: Reader,
  { runId, exportId, from }: { readonly runId: string; readonly exportId: string; readonly from: number },
): Promise<AsyncGenerator<string>> {
  const run = await seenRun(scope, runId);
  const pin = await findOwn(scope, reader, exportId, runId);
  return resumed(await bundleOf(scope, pin, run), from);
}

/** The page of a dossier, piece by piece. Secrets in events, documents and the run are masked; the bundle has it as it came. */
export async function dossierTexts(scope: Scope, made: MadeDossier): Promise<AsyncIterable<string>> {
  const ids = made.told.entries.flatMap(({ actor }) => ("personId" in actor ? [actor.personId] : []));
  const names = await namesOf(scope, [...new Set(ids)]);
  const [run, told] = await Promise.all([maskValue(made.run), maskedTold(made.told)]);
  const facts = { ...made, run, told, names, now: new Date(scope.clock.now()) };
  return dossierPage(facts, shownEvents(scope, made.run.id));
}

async function* shownEvents(scope: Scope, runId: string): AsyncGenerator<RunEvent> {
  for (let after = 0; ; ) {
    const events = await listShownEvents(scope, runId, after, EVENTS_AT_ONCE);
    yield* events;
    if (events.length < EVENTS_AT_ONCE) return;
    after = events.at(-1)?.seq ?? after;
  }
}
