import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import type { BodyOf } from "../protocol/events.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import { findArtefact } from "./store.ts";

/** Throws where the event `artefact_handed_in` speaks of what this attempt never handed in: pages lead from it to a file. */
export async function requireHandedIn(
  { db }: Tx,
  run: RunRow,
  attempt: number,
  { artefact, path, bytes }: BodyOf<"artefact_handed_in">,
): Promise<void> {
  const row = await findArtefact(db, artefact);
  const isSame =
    row?.runId === run.id &&
    row.attempt === attempt &&
    row.blobId !== null &&
    row.path === path &&
    row.size === BigInt(bytes);
  if (!isSame) throw refused("The event names an artefact that this attempt did not hand in.");
}
