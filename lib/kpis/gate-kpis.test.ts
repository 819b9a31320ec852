import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../clock.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { recordMirror } from "../repositories/service.ts";
import { actorId } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { openBase, toAgentAgain, toReview } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { getGateKpis } from "./gate-kpis.ts";
import { type GateFactRow, gateKpis } from "./gate-rules.ts";

const fact = (change: Partial<GateFactRow>): GateFactRow => ({
  ...{ kind: "merge", openedAt: new Date(0), outcome: "approved", latencyMs: MINUTE, decisions: 1 },
  ...{ hasty: 0, unchanged: true, ...change },
});

describe("what gates say of themselves", () => {
  test("below the minimum sample says so; above it has a median with its interval", () => {
    expect(gateKpis([fact({})], 2, 0)).toMatchObject({ sample: 1, median: null, interval: null });
    const rows = [1, 2, 3, 4, 5].map((nth) => fact({ latencyMs: nth * MINUTE, hasty: nth === 1 ? 1 : 0 }));
    const kpis = gateKpis(rows, 5, 0);
    expect(kpis).toMatchObject({ median: 3 * MINUTE, decisions: 5, hasty: 1 });
    expect(kpis.interval?.low).toBeLessThanOrEqual(3 * MINUTE);
    expect(kpis.interval?.high).toBeGreaterThanOrEqual(3 * MINUTE);
  });

  test("an expired or void gate is no decision; an open one waits", () => {
    const rows = [
      fact({ outcome: "expired" }),
      fact({ outcome: "void" }),
      fact({ outcome: null, latencyMs: null }),
    ];
    expect(gateKpis(rows, 1, MINUTE)).toMatchObject({ sample: 0, open: 1, oldest: MINUTE });
  });

  test("suggests an amendment where nearly all of fifty were approved as they were asked", () => {
    const kinds = (count: number, denied: number) =>
      Array.from({ length: count }, (_, nth) => fact({ outcome: nth < denied ? "denied" : "approved" }));
    const of = (rows: GateFactRow[]) => gateKpis(rows, 1, 0).usefulness[0];
    expect(of(kinds(49, 0))).toMatchObject({ asks: 49, suggestsAmendment: false, rate: 1 });
    expect(of(kinds(50, 0))?.suggestsAmendment).toBe(true);
    expect(of(kinds(50, 1))?.suggestsAmendment).toBe(false);
    expect(of(kinds(200, 1))?.suggestsAmendment).toBe(true);
  });
});

test("facts of gates equal what the rows compute to, whatever became of the gates", async () => {
  const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
  const { database, clock, seed, work } = scene;
  const [bo, cy] = [await member(seed, "bo", "reviewer"), await member(seed, "cy", "security_lead")];
  const first = await scene.reviewed();
  clock.advance(5 * SECOND);
  await decideGate(bo, { ...first, decision: "deny", reason: "no good", source: "notice" });
  const second = await scene.reviewed();
  await recordMirror(seed, work.repositoryId, {
    ...{ outcome: "mirrored", branch: "main", head: "c".repeat(40), commits: 4 },
  });
  clock.advance(MINUTE);
  await decideGate(bo, { ...second, decision: "approve", reason: "" });
  await openBase(database, work.repositoryId, "c");
  await toAgentAgain(scene, second.runId);
  const again = await toReview(scene, second.runId);
  clock.advance(MINUTE);
  await decideGate(cy, { gateId: "", digest: "", ...again, decision: "approve", reason: "" });
  await scene.reviewed();
  // What waits: for who may approve it, and for nobody else.
  expect((await getGateKpis(seed, work.pilotId)).load).toEqual([
    { personId: actorId(bo.actor), name: "bo", waiting: 1, taken: 2 },
    { personId: actorId(cy.actor), name: "cy", waiting: 1, taken: 1 },
  ]);
  clock.advance(100 * 24 * 60 * MINUTE);
  await expireGates(seed);
  const { rows } = await database.owner.query("select * from gate_fact order by gate_id");
  const computed = await database.owner.query("select * from gate_facts() order by gate_id");
  expect(rows).toEqual(computed.rows);
  expect(rows.filter(({ kind }) => kind === "merge")).toMatchObject([
    { outcome: "denied", source: "notice", latency_ms: "5000", decisions: 1, hasty: 1, unchanged: null },
    { outcome: "void", source: null, unchanged: null },
    { outcome: "approved", source: "web", latency_ms: String(MINUTE), hasty: 0, unchanged: false },
    { outcome: "expired", source: null, decisions: 0 },
  ]);
  expect(await getGateKpis(seed, work.pilotId)).toMatchObject({
    ...{ sample: 2, decisions: 3, hasty: 1 },
    load: [
      { name: "bo", waiting: 0, taken: 2 },
      { name: "cy", waiting: 0, taken: 1 },
    ],
  });
});
