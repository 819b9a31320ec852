// What took place is signed by the worker's own key, kept, and written beside the commit. A crash leaves rows to go on from.

import type { AttestationRow } from "#lib/attestations/schema.ts";
import { attestMerge, recordNote, unattestedMerges, waitingNotes } from "#lib/attestations/service.ts";
import { SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { getMerge } from "#lib/merges/service.ts";
import type { Scope } from "#lib/scope.ts";
import { keptSigningKey } from "#lib/sealing/key-pair.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import { writeNote } from "../git/publish/write-note.ts";
import { OtherHostKey } from "../git/ssh/ssh-git.ts";
import { authorityOf, tellHostKey } from "../jobs/publish-merge.ts";
import type { Workplace } from "../workplace.ts";

/** Without a folder for keys nothing can be signed, and merges stand without an attestation. */
export function createAttester(workplace: Workplace): (scope: Scope) => Promise<void> {
  const folder = workplace.env.PILOTHOUSE_NOTICE_KEYS;
  return async (scope) => {
    if (folder === undefined) return;
    const unattested = await unattestedMerges(scope);
    if (unattested.length > 0) {
      const key = await keptSigningKey(folder);
      for (const mergeId of unattested) await attestMerge(scope, mergeId, key);
    }
    for (const row of await waitingNotes(scope)) await note(workplace, scope, row);
  };
}

async function note(workplace: Workplace, scope: Scope, row: AttestationRow): Promise<void> {
  const { commit, envelopes: text, madeAt } = row;
  const merge = () => getMerge(scope, row.mergeId);
  try {
    const authority = await authorityOf(workplace, scope, await merge());
    const order = { authority, commit, text, by: PILOTHOUSE, date: Math.floor(madeAt.getTime() / SECOND) };
    const result = await holdMirror(authority.mirror, () => writeNote(order));
    if (result.outcome === "unreachable") {
      if (result.otherHostKey) await tellHostKey(scope, await merge(), result.sentence);
      workplace.logger.warn({ mergeId: row.mergeId }, `a note waits: ${result.sentence}`);
    } else await recordNote(scope, row, result);
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
    if (err instanceof OtherHostKey) await tellHostKey(scope, await merge(), err.message);
    workplace.logger.warn({ err, mergeId: row.mergeId }, "a note waits; the others are tried");
  }
}
