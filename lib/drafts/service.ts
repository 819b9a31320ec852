// What somebody began to write is kept for them alone, until it is sent or thrown away. It binds nobody and is no part
// of the record: a charter is one once it is written.
import { may, requirePermission } from "../authz/require.ts";
import { read, transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { actorId, type Scope } from "../scope.ts";
import { keptOf } from "./rules.ts";
import type { Draft, DraftView, SaveDraft } from "./schema.ts";
import { deleteDraft, insertDraft, selectDraft, selectDrafts, updateDraft } from "./store.ts";

/** More than these nobody goes on with. */
export const MOST_DRAFTS = 20;

const OLDER =
  "it was saved in another tab or on another computer since, and that is kept. Read it anew to go on from there.";
const FULL = `you have ${MOST_DRAFTS} drafts. Discard one first.`;

const ofPilot = (pilotId: string | null) => (pilotId === null ? "pilot.create" : "pilot.amend");

/** Writes over nothing that the writer has not seen. */
export async function saveDraft(scope: Scope, draft: SaveDraft): Promise<{ version: number }> {
  requirePermission(scope, ofPilot(draft.pilotId), draft.pilotId);
  const row = {
    ...draft,
    values: keptOf(draft.values),
    personId: actorId(scope.actor),
    at: new Date(scope.clock.now()),
  };
  return transaction(scope, async ({ db }) => {
    const version =
      draft.version === 0 ? await insertDraft(db, row, MOST_DRAFTS) : await updateDraft(db, row);
    if (version !== null) return { version };
    if (await selectDraft(db, row.personId, draft.id)) throw conflict(OLDER);
    throw draft.version === 0 ? conflict(FULL) : notFound("draft");
  });
}

/** A draft for what the person may still write. */
const mayWrite = (scope: Scope, { pilotId }: Pick<Draft, "pilotId">) => may(scope, ofPilot(pilotId), pilotId);

export async function findDraft(scope: Scope, id: string): Promise<Draft | null> {
  const draft = await read(scope, (db) => selectDraft(db, actorId(scope.actor), id));
  return draft && mayWrite(scope, draft) ? draft : null;
}

export async function listDrafts(scope: Scope): Promise<DraftView[]> {
  const drafts = await read(scope, (db) => selectDrafts(db, actorId(scope.actor)));
  return drafts.filter((draft) => mayWrite(scope, draft));
}

/** Throwing away what is gone is done already. */
export async function discardDraft(scope: Scope, id: string): Promise<void> {
  await transaction(scope, async ({ db }) => {
    await deleteDraft(db, actorId(scope.actor), id);
  });
}
