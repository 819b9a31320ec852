// What real entries carry, on the way of a run that is merged, of one that is stopped and cancelled, and of their pilot.
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { transaction } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { gateState } from "../gates/rules.ts";
import { getMerge, noteCommit, settleMerge } from "../merges/service.ts";
import { completePilot } from "../pilots/complete-pilot.ts";
import { pilotState } from "../pilots/rules.ts";
import { pausePilot } from "../pilots/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { runState } from "../runs/rules.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { activePilot, charterFor, member, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, enrol, launch, leaseOf, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { stateDigest } from "./change.ts";
import { CARRIES } from "./kinds/carries.ts";
import { readEntry } from "./rules.ts";
import type { Entry, EntryKind } from "./schema.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const COMMIT = "d".repeat(40);
let entries: Entry[] = [];
let charter = "";
let merged = "";
let cancelled = "";
let pilotId = "";
let gateId = "";
let bo: Scope;

const rowOf = (runId: string) => transaction(seed, (tx) => lockRun(tx, runId));

async function mergeOf(runId: string): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>("select id from merge where run_id = $1", [
    runId,
  ]);
  const mergeId = rows[0]?.id ?? "";
  await asProcess(database, "worker", async () => {
    await noteCommit(seed, await getMerge(seed, mergeId), COMMIT);
    await settleMerge(seed, mergeId, { outcome: "moved", commit: COMMIT });
  });
}

beforeAll(async () => {
  const runner = await enrol(seed, "r");
  bo = await member(seed, "bo", "reviewer");
  const { agentId } = await ensureRecipeAgent(seed);
  const repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  pilotId = await activePilot(seed, charterFor(seed, repositoryId));
  merged = await launch(seed, pilotId, agentId);
  const gate = await toReview({ database, worker: seed, runner }, merged);
  if (!gate) throw new Error("no gate was opened");
  gateId = gate.gateId;
  await decideGate(bo, { ...gate, decision: "approve", reason: "" });
  await mergeOf(merged);
  await openBase(database, repositoryId, "d");
  cancelled = await launch(seed, pilotId, agentId);
  await leaseOf(runner, cancelled, "agent");
  await pullStop(seed, { scope: "pilot", pilotId, reason: "" });
  await cancelRun(seed, { runId: cancelled, reason: "Not wanted." });
  await pausePilot(bo, { pilotId, reason: "Enough." });
  await completePilot(seed, { pilotId, reason: "Done." });
  const { rows } = await database.owner.query<{ body: Buffer }>("select body from log_entry order by seq");
  entries = rows.map(({ body }) => readEntry(body));
  charter = (await rowOf(merged)).charterDigest;
});

const about = (subject: string) => entries.filter((entry) => entry.about.some((named) => named === subject));
const only = (kind: EntryKind, subject: string): Entry => {
  const [found, ...more] = about(subject).filter((entry) => entry.kind === kind);
  if (!found || more.length > 0) throw new Error(`not one entry ${kind} about ${subject}`);
  return found;
};

describe("entries of a run's way", () => {
  test("name the charter it was launched under, every one", () => {
    for (const subject of [`run:${merged}`, `run:${cancelled}`]) {
      expect(about(subject).length).toBeGreaterThan(5);
      for (const entry of about(subject)) expect(entry).toMatchObject({ v: 2, charter });
    }
  });

  test("carry what the table says of their kind", () => {
    for (const { kind, before, after } of entries) {
      const duty = CARRIES[kind][1];
      expect([kind, before !== null]).toEqual([
        kind,
        duty === "replaced" || (duty === "either" && before !== null),
      ]);
      expect([kind, after !== null]).toEqual([kind, duty !== "none"]);
    }
  });

  test("follow each other: what one left is what the next one found, down to the row", async () => {
    const moves = about(`run:${merged}`).filter(({ kind }) =>
      [
        "run.prepared",
        "run.agent_finished",
        "run.evidence_recorded",
        "run.merge_intended",
        "run.merged",
      ].includes(kind),
    );
    expect(moves.map(({ kind }) => kind)).toHaveLength(5);
    const [prepared, finished, , intended, last] = moves;
    expect(finished?.before).toBe(prepared?.after);
    expect(last?.before).toBe(intended?.after);
    for (const runId of [merged, cancelled]) {
      const kind = runId === merged ? "run.merged" : "run.cancelled";
      expect(only(kind, `run:${runId}`).after).toBe(stateDigest(runState(await rowOf(runId))));
    }
  });

  test("say who decided, in which role, at which state of the gate", () => {
    const approval = only("gate.approval_given", `gate:${gateId}`);
    expect(approval.actor).toMatchObject({ kind: "user", roles: ["reviewer"] });
    const opened = only("gate.opened", `gate:${gateId}`);
    const approved = only("gate.approved", `gate:${gateId}`);
    expect(approved.before).toBe(opened.after);
    const digest = String(opened.detail.digest);
    expect(approved.after).toBe(stateDigest(gateState({ id: gateId, digest }, "approved")));
  });
});

describe("entries of a pilot", () => {
  test("name the charter from activation on, and none before", () => {
    const charters = about(`pilot:${pilotId}`).map((entry) => [entry.kind, entry.charter]);
    const inForce = charters.findIndex(([kind]) => kind === "pilot.activated");
    expect(inForce).toBeGreaterThan(0);
    for (const [, named] of charters.slice(0, inForce)) expect(named).toBeNull();
    for (const [, named] of charters.slice(inForce)) expect(named).toBe(charter);
    expect(charters.map(([kind]) => kind)).toEqual(
      expect.arrayContaining(["stop.pulled", "pilot.paused", "pilot.completed", "gate.opened"]),
    );
  });

  test("follow each other from the first state to the last", () => {
    const moves = about(`pilot:${pilotId}`).filter(
      ({ kind }) =>
        kind.startsWith("pilot.") && kind !== "pilot.charter_written" && kind !== "pilot.closing_begun",
    );
    expect(moves.map(({ kind }) => kind)).toEqual([
      ...["pilot.created", "pilot.activation_asked", "pilot.activated", "pilot.paused", "pilot.completed"],
    ]);
    expect(moves.slice(1).map(({ before }) => before)).toEqual(moves.slice(0, -1).map(({ after }) => after));
    expect(moves.at(-1)?.after).toBe(stateDigest(pilotState({ id: pilotId, status: "completed" }, charter)));
  });
});
