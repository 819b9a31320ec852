// Another version of its charter comes into force for a pilot that runs, or is held.
import type { Tx } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { changeOf } from "../record/change.ts";
import { pilotState } from "./rules.ts";
import type { StoredCharter } from "./schema.ts";
import { findVersion, type PilotState } from "./service.ts";
import { updateActiveCharter } from "./store.ts";

/** The pilot is locked, and `before` is in force. */
export async function amendPilot(
  tx: Tx,
  pilot: PilotState,
  before: StoredCharter,
  charterId: string,
): Promise<void> {
  const after = await findVersion(tx.db, pilot.id, charterId);
  if (!after) throw notFound("charter");
  if (!(await updateActiveCharter(tx.db, pilot.id, before.id, charterId)))
    throw conflict("The pilot has moved on; reload the page.");
  tx.record({
    kind: "pilot.amended",
    about: [`pilot:${pilot.id}`],
    charter: after.digest,
    ...changeOf(pilotState(pilot, before.digest), pilotState(pilot, after.digest)),
    detail: { charter: after.digest, version: after.version, was: before.digest },
  });
}
