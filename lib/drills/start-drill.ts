import { ensureAgentOf } from "../agents/own-agents.ts";
import { DRILL_DRIVER } from "../agents/schema.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { countHeldOf } from "../leases/live-lease.ts";
import { notify } from "../notify.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { made } from "../record/change.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { CONTACT_WINDOW } from "../runners/rules.ts";
import { runState } from "../runs/rules.ts";
import { insertRunIn } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { holdStops, stopReason } from "../stops/service.ts";
import { DRILL_KIND, type StartDrill } from "./schema.ts";
import { countIdleRunners, findOpenDrill, insertDrill } from "./store.ts";

export interface StartedDrill {
  readonly drillId: string;
  /** As many as were asked for, or as runners have room for now. */
  readonly runs: number;
}

/**
 * Begins a drill: runs of its own wait for runners, do nothing but send bytes to us, and are stopped together as soon as all
 * work. Nothing of the repository is in them, and no figure counts them.
 */
export async function startDrill(scope: Scope, { pilotId, runs }: StartDrill): Promise<StartedDrill> {
  requirePermission(scope, "drill.start", pilotId);
  return transaction(scope, async (tx) => {
    await holdStops(tx.db);
    const pilot = await lockedPilot(tx, pilotId);
    if (await findOpenDrill(tx.db, pilotId)) throw conflict("A drill is under way in this pilot.");
    if (pilot.status !== "active")
      throw refused(`The pilot is ${pilot.status}; runners take work of an active pilot.`);
    const stopped = await stopReason(tx.db, pilotId);
    if (stopped !== null) throw refused("An emergency stop is in force here; lift it, and then practise.");
    const active = await findActiveCharter(tx.db, pilotId);
    const repository = active && (await findRepositoryState(tx.db, active.charter.scope.repositoryId));
    if (!active || !repository?.headCommit) throw refused("The pilot's repository has not been read yet.");
    const room = active.charter.controls.maxConcurrentRuns - (await countHeldOf(tx, pilotId));
    const idle = await countIdleRunners(tx.db, new Date(scope.clock.now() - CONTACT_WINDOW));
    if (idle === 0) throw refused("No connected runner is free; a drill takes nobody's work away.");
    if (room <= 0)
      throw refused("The charter's number of runs at once is used up; wait until one has ended.");
    const wanted = Math.min(runs, idle, room);
    const drillId = newId("drill", scope.clock.now());
    const of = { charterId: active.id, charterDigest: active.digest, repositoryId: repository.id };
    await insertRuns(tx, scope, { ...of, drillId, pilotId, baseCommit: repository.headCommit, wanted });
    const asked = { askedBy: actorId(scope.actor), askedAt: new Date(scope.clock.now()) };
    await insertDrill(tx.db, { id: drillId, pilotId, ...asked, wanted, state: "gathering" });
    tx.record({
      kind: "drill.started",
      about: [`drill:${drillId}`, `pilot:${pilotId}`],
      charter: active.digest,
      detail: { runs: wanted },
    });
    await notify(tx, "work_waiting", "");
    return { drillId, runs: wanted };
  });
}

interface NewRuns {
  readonly drillId: string;
  readonly pilotId: string;
  readonly repositoryId: string;
  readonly charterId: string;
  readonly charterDigest: string;
  readonly baseCommit: string;
  readonly wanted: number;
}

async function insertRuns(tx: Tx, scope: Scope, { drillId, wanted, ...of }: NewRuns): Promise<void> {
  const agentId = await ensureAgentOf(tx, scope, DRILL_DRIVER, "Drill");
  for (let number = 1; number <= wanted; number++) {
    const now = scope.clock.now();
    const id = newId("run", now);
    const title = `Drill of the emergency stop, run ${number} of ${wanted}`;
    await insertRunIn(tx, {
      ...{ ...of, id, agentId, title, kind: DRILL_KIND, status: "queued" },
      ...{ requestKey: `${drillId}-${number}`, launchedBy: actorId(scope.actor), launchedAt: new Date(now) },
    });
    tx.record({
      kind: "run.launched",
      about: [`run:${id}`, `pilot:${of.pilotId}`, `drill:${drillId}`],
      charter: of.charterDigest,
      ...made(runState({ id, status: "queued", attempt: 0, baseCommit: of.baseCommit })),
      detail: {
        ...{ agent: agentId, repository: of.repositoryId, base: of.baseCommit, charter: of.charterDigest },
        kind: DRILL_KIND,
      },
    });
  }
}
