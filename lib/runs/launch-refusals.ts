// Launches that a rule refused: nothing ran, so there is no run that says it. Kept with the sentence, for who looks later.
import { maySee } from "../authz/require.ts";
import { MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { namesOf } from "../people/service.ts";
import { charterInForce } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import type { LaunchRefusal, LaunchRun } from "./schema.ts";
import { insertRefusal, selectRefusals, wasRefusedSince } from "./store.ts";

/** Whoever presses the button again is told again, and it is kept once. */
const ONCE_IN = 10 * MINUTE;
const SHOWN = 50;

export async function keepRefusal(
  scope: Scope,
  { pilotId, agentId }: Pick<LaunchRun, "pilotId" | "agentId">,
  sentence: string,
): Promise<void> {
  const now = scope.clock.now();
  const refusal = { pilotId, agentId, personId: actorId(scope.actor), reason: sentence.slice(0, 2000) };
  await transaction(scope, async (tx) => {
    if (await wasRefusedSince(tx.db, refusal, new Date(now - ONCE_IN))) return;
    const id = newId("launch_refusal", now);
    await insertRefusal(tx.db, { id, ...refusal, at: new Date(now) });
    tx.record({
      kind: "pilot.launch_refused",
      about: [`pilot:${pilotId}`],
      charter: await charterInForce(tx.db, pilotId),
      detail: { refusal: id, agent: agentId, ...reasonDetail(refusal.reason) },
    });
  });
}

/** The newest ones of a pilot, newest first. */
export async function listLaunchRefusals(scope: Scope, pilotId: string): Promise<LaunchRefusal[]> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  const rows = await read(scope, (db) => selectRefusals(db, pilotId, SHOWN));
  const names = await namesOf(
    scope,
    rows.map(({ personId }) => personId),
  );
  return rows.map((row) => ({ ...row, personName: names.get(row.personId) ?? row.personId }));
}
