// What a pipeline that asks is told: for its gate, again and again until it is decided.
import { may, maySee } from "../authz/require.ts";
import { isMember, PermissionDenied } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { type GateOutcome, outcomeOf } from "../gates/outcome.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { selectCallbacks } from "./callback-store.ts";
import { callbackOf, releaseStatus } from "./rules.ts";
import type { ReleaseAnswer, ReleaseView } from "./schema.ts";
import { findByGate, type ReleaseRow, selectReleases } from "./store.ts";

const LISTED = 50;

/** Under a stop nobody is told to release what was approved before it. */
export async function getAnswer(scope: Scope, gateId: string): Promise<ReleaseAnswer> {
  const found = await read(scope, async (db) => {
    const release = await findByGate(db, gateId);
    const gate = release ? await outcomeOf(db, gateId) : null;
    return release && gate ? { release, gate, stopped: await stopReason(db, release.pilotId) } : null;
  });
  if (!found || !isMember(scope.grants, found.release.pilotId)) throw notFound("gate");
  const { pilotId } = found.release;
  if (!may(scope, "release.ask", pilotId)) throw new PermissionDenied("release.ask", pilotId);
  if (found.gate.status === "approved" && found.stopped !== null)
    throw refused(
      `An emergency stop is on (“${found.stopped}”). What was approved may be released once it is lifted.`,
    );
  return answerOf(found.release, found.gate);
}

function answerOf(release: ReleaseRow, gate: GateOutcome): ReleaseAnswer {
  const { id, gateId, commit, artifact, environment } = release;
  const status = releaseStatus(gate.status);
  return {
    ...{ gateId, releaseId: id, status, commit, artifact: `sha256:${artifact}`, environment },
    ...{ decision: `sha256:${gate.digest}`, expiresAt: gate.expiresAt, decidedAt: gate.decidedAt },
    approvals: gate.approvals.map(({ personId, role, createdAt }) => ({
      person: personId,
      role,
      at: createdAt,
    })),
    callback: callbackOf(status, environment, gate.digest),
  };
}

/** Of a pilot, newest first; the caller has checked that it may be seen. */
export async function listReleases(scope: Scope, pilotId: string): Promise<ReleaseView[]> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  return read(scope, async (db) => {
    const releases = await selectReleases(db, pilotId, LISTED);
    const all = await selectCallbacks(
      db,
      releases.map(({ id }) => id),
    );
    return releases.map((release) => ({
      ...release,
      callbacks: all.filter(({ releaseId }) => releaseId === release.id),
    }));
  });
}
