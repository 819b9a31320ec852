// A payload unmasked, to one person, for a reason. The entry is durable before a byte of it is read.
import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { listEvents } from "../events/service.ts";
import { newId } from "../ids.ts";
import { findPatch, readDiff } from "../patches/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { ShowPayload } from "./schema.ts";

/** UTF-16 units a dialog holds; a longer diff is cut, and says so. */
export const SHOWN_CHARACTERS = 400_000;

export interface ShownPayload {
  readonly text: string;
  /** Characters that were left off. */
  readonly cut: number;
}

export async function showPayload(scope: Scope, input: ShowPayload): Promise<ShownPayload> {
  const run = await getRun(scope, input.runId);
  requirePermission(scope, "payload.unmask", run.pilotId);
  const patch = input.what === "diff" ? await findPatch(scope, run.id) : null;
  const seq = input.what === "event" ? (input.seq ?? null) : null;
  if (!patch && seq === null) throw notFound(input.what === "diff" ? "patch" : "event");
  const now = scope.clock.now();
  await transaction(scope, async (tx) => {
    await tx.db.payloadShowing.create({
      data: {
        id: newId("showing", now),
        runId: run.id,
        what: patch ? { diff: patch.diffBlobId } : { seq },
        reason: input.reason,
        shownTo: actorId(scope.actor),
        createdAt: new Date(now),
      },
    });
    tx.record({
      kind: "payload.shown",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      detail: { what: input.what, seq, blob: patch?.diffBlobId ?? null, ...reasonDetail(input.reason) },
    });
  });
  return shortened(patch ? await readDiff(scope, patch) : await rawEvent(scope, run.id, seq ?? 0));
}

async function rawEvent(scope: Scope, runId: string, seq: number): Promise<string> {
  const [event] = await listEvents(scope, runId, seq - 1, 1);
  if (event?.seq !== seq) throw notFound("event");
  return JSON.stringify(event.body, null, 2);
}

const shortened = (text: string): ShownPayload => ({
  text: text.slice(0, SHOWN_CHARACTERS),
  cut: Math.max(0, text.length - SHOWN_CHARACTERS),
});
