import { namedPatch } from "../comments/shown-paths.ts";
import { read } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { filesOf, hunksOf, linesOn } from "../interdiff/unified.ts";
import { readDiff } from "../patches/service.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { chainOf, changesOf, withTexts } from "./gather.ts";
import { causeOf } from "./rules.ts";
import type { CauseView, FindCause } from "./schema.ts";
import { findWorked, listEvents, listTexts } from "./store.ts";

/** What wrote a line of a run's newest patch, as far as it was recorded. Secrets are masked. */
export async function findCause(
  scope: Scope,
  { runId, patchId, path, side, line }: FindCause,
): Promise<CauseView> {
  await getRun(scope, runId);
  const named = await namedPatch(scope, runId);
  const real = named?.realOf(path) ?? null;
  if (!named || real === null) throw notFound("file");
  const { patch } = named;
  if (patch.id !== patchId) throw conflict("Another attempt came in meanwhile. Reload the page.");
  const at = patch.files.findIndex((file) => file.path === real);
  const shown = linesOn(hunksOf(filesOf(await readDiff(scope, patch))[at] ?? ""), side).get(line);
  if (!shown) throw notFound("line");
  // A line that was taken away stands in the base; what took it away changed the file as well.
  const isInBase = side === "new" && !shown.isChanged;
  return maskValue(
    await read(scope, async (db) => {
      const events = await listEvents(db, runId, patch.attempt);
      const chain = chainOf(events, await findWorked(db, runId, patch.attempt));
      const changes = changesOf(events, chain, real);
      const own = changes.filter(({ item }) => item > 0);
      const texts = await listTexts(
        db,
        runId,
        own.map(({ attempt }) => attempt),
        own.map(({ item }) => item),
      );
      return causeOf({
        ...{ isInBase, line: shown.text, candidates: withTexts(changes, texts) },
        isTakenAway: events.some(({ attempt, isTaken }) => isTaken && chain.includes(attempt)),
      });
    }),
  );
}
