// What was seen becomes findings: the same again is counted, what people agreed not to be told is dismissed as it
// comes, and of many only so many are kept.

import { randomBytes } from "node:crypto";
import { answerersOf } from "../api-tokens/account-owners.ts";
import type { Tx } from "../db.ts";
import { eventCommitment } from "../events/rules.ts";
import { newId } from "../ids.ts";
import { rebindMergeGate } from "../merges/rebind-merge-gate.ts";
import { charterInForce } from "../pilots/service.ts";
import { changeOf, made } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import type { Subjects } from "../record/schema.ts";
import { TAKEN_AWAY } from "../redactions/rules.ts";
import { charterDigestOf, lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { leftOut } from "./catalog.ts";
import { boundOf, findingState, holds, isGrave, MOST_OF_A_KIND, subjectDigest, together } from "./rules.ts";
import type { FindingEvidence, Sighting } from "./schema.ts";
import {
  countOfKind,
  countSeen,
  type FindingRow,
  findSame,
  insertFinding,
  insertStep,
  isTakenAway,
  type LiveSuppression,
  liveSuppressions,
  lockRunless,
  moveState,
} from "./store.ts";

export interface Opened {
  /** Not there before. */
  readonly opened: number;
  /** Counted with one that was. */
  readonly counted: number;
}

interface Place {
  readonly run: RunRow | null;
  readonly pilotId: string | null;
  readonly charter: string | null;
  /** Texts of the run were ordered away: none is kept of what was seen before. */
  readonly isTakenAway: boolean;
}

export const subjectsOf = (finding: {
  id: string;
  runId: string | null;
  pilotId: string | null;
}): Subjects => [
  `finding:${finding.id}`,
  ...(finding.runId === null ? [] : [`run:${finding.runId}` as const]),
  ...(finding.pilotId === null ? [] : [`pilot:${finding.pilotId}` as const]),
];

/** Of a run, which is locked until the transaction ends; with `runId` null of none. */
export async function openFindings(
  tx: Tx,
  scope: Scope,
  runId: string | null,
  sightings: readonly Sighting[],
): Promise<Opened> {
  if (sightings.length === 0) return { opened: 0, counted: 0 };
  const place = await placeOf(tx, runId);
  let [opened, counted] = [0, 0];
  for (const sighting of together(sightings)) {
    if (await openOne(tx, scope, place, sighting)) opened += 1;
    else counted += 1;
  }
  if (opened > 0 && place.run) await rebindMergeGate(tx, scope, place.run);
  return { opened, counted };
}

async function placeOf(tx: Tx, runId: string | null): Promise<Place> {
  if (runId === null) {
    await lockRunless(tx.db);
    return { run: null, pilotId: null, charter: null, isTakenAway: false };
  }
  const run = await lockRun(tx, runId);
  const { pilotId, charterDigest: charter } = run;
  return { run, pilotId, charter, isTakenAway: await isTakenAway(tx.db, runId) };
}

/** True when it was not there before. */
async function openOne(tx: Tx, scope: Scope, place: Place, sighting: Sighting): Promise<boolean> {
  const runId = place.run?.id ?? null;
  const subject = new Uint8Array(subjectDigest(sighting.subject));
  const same = await findSame(tx.db, runId, sighting.rule.id, subject);
  if (same) {
    await seenAgain(tx, scope, same, sighting);
    return false;
  }
  const rest = leftOut(sighting.rule.severity);
  if (sighting.rule.id !== rest.id) {
    const bound = boundOf(runId, sighting.rule, scope.clock.now());
    if ((await countOfKind(tx.db, runId, bound)) >= MOST_OF_A_KIND) {
      const evidence = { text: bound.text, path: null, line: null };
      return openOne(tx, scope, place, { ...sighting, rule: rest, subject: bound.subject, evidence });
    }
  }
  await insert(tx, scope, place, sighting, subject);
  return true;
}

async function seenAgain(tx: Tx, scope: Scope, finding: FindingRow, sighting: Sighting): Promise<void> {
  await countSeen(tx.db, {
    ...{ findingId: finding.id, times: sighting.times ?? 1 },
    ...{ at: new Date(sighting.at), seq: sighting.seq ?? null },
  });
  if (finding.state === "mitigated") await reopen(tx, scope, finding, "again");
}

/** It waits again. `reason` is a person's. The caller holds the finding, or its run. */
export async function reopen(
  tx: Tx,
  scope: Scope,
  finding: FindingRow,
  cause: "person" | "expired" | "again",
  reason = "",
): Promise<boolean> {
  const { id, state, suppressionId } = finding;
  if (!(await moveState(tx.db, id, state, "open"))) return false;
  const at = new Date(scope.clock.now());
  await insertStep(tx.db, {
    ...{
      findingId: id,
      at,
      actor: actorId(scope.actor),
      from: state,
      to: "open",
      reason,
      suppressionId: null,
    },
  });
  tx.record({
    kind: "finding.reopened",
    about: subjectsOf(finding),
    charter: await charterOfFinding(tx, finding),
    ...changeOf(findingState(finding, state, suppressionId), findingState(finding, "open")),
    detail: {
      ...{ rule: finding.rule, severity: finding.severity, cause },
      ...(reason === "" ? {} : reasonDetail(reason)),
    },
  });
  return true;
}

export async function charterOfFinding(
  tx: Tx,
  { runId, pilotId }: Pick<FindingRow, "runId" | "pilotId">,
): Promise<string | null> {
  return runId === null ? charterInForce(tx.db, pilotId) : charterDigestOf(tx.db, runId);
}

const takenAway = (evidence: FindingEvidence): FindingEvidence => ({
  ...evidence,
  text: TAKEN_AWAY,
  path: evidence.path === null ? null : TAKEN_AWAY,
});

async function insert(
  tx: Tx,
  scope: Scope,
  { run, pilotId, charter, isTakenAway }: Place,
  { rule, evidence, at, times = 1, ...seen }: Sighting,
  subject: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const id = newId("finding", scope.clock.now());
  const kept = isTakenAway ? takenAway(evidence) : await maskValue(evidence);
  const salt = new Uint8Array(randomBytes(32));
  const commitment = new Uint8Array(eventCommitment(salt, kept));
  const now = new Date(scope.clock.now());
  const where = { rule: rule.id, runId: run?.id ?? null, pilotId, repositoryId: run?.repositoryId ?? null };
  const live = await liveSuppressions(tx.db, rule.id, now);
  // Nobody dismisses a grave finding of a run they launched before it comes, either.
  const launchers = run ? [run.launchedBy, ...(await answerersOf(tx.db, [run.launchedBy]))] : [];
  const isOwn = ({ madeBy }: LiveSuppression) => isGrave(rule.severity) && launchers.includes(madeBy);
  const held = live.find(
    (each) => !isOwn(each) && holds(each, { ...where, path: evidence.path }, now.getTime()),
  );
  const { attempt = null, seq = null, callId = null, patchId = null, leaseId = null } = seen;
  const state = held ? "dismissed" : "open";
  await insertFinding(tx.db, {
    ...{ id, ...where, source: rule.source, severity: rule.severity, state, subject },
    ...{ attempt, seq, callId, patchId, leaseId, evidence: kept, salt, commitment },
    ...{ suppressionId: held?.id ?? null, openedAt: now },
  });
  await countSeen(tx.db, { findingId: id, times, at: new Date(at), seq });
  tx.record({
    kind: "finding.opened",
    about: subjectsOf({ id, runId: where.runId, pilotId }),
    charter,
    ...made(findingState({ id, rule: rule.id, severity: rule.severity }, state, held?.id ?? null)),
    detail: {
      ...{ rule: rule.id, source: rule.source, severity: rule.severity },
      ...{ attempt, seq, call: callId, patch: patchId, lease: leaseId, suppression: held?.id ?? null },
      evidence: Buffer.from(commitment).toString("hex"),
    },
  });
}
