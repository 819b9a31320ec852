// A brief on a real Postgres: its numbers are its rows, and nobody reads beyond their pilots.
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { appendEvents } from "../events/service.ts";
import { indexLog } from "../log-index/service.ts";
import { grantRole } from "../people/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { failRun } from "../testing/failed-run.ts";
import { asProcess } from "../testing/journey.ts";
import { sequenceLog } from "../testing/notary.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { BriefCount } from "./schema.ts";
import { chooseView, getBrief, listBriefRows, listOddReach } from "./service.ts";

let scene: RunScene;
let [eng, sec, both]: Scope[] = [];
let other = "";
const need = (scope: Scope | undefined): Scope => {
  if (!scope) throw new Error("nobody is there");
  return scope;
};

const DENIED = {
  host: "evil.example.org",
  port: 443,
  verdict: "denied",
  rule: "no host",
  up: 0,
  down: 0,
} as const;

async function seen(runId: string, ...events: NewEvent[]): Promise<void> {
  const at = new Date(scene.clock.now()).toISOString();
  await asProcess(scene.database, "worker", () =>
    transaction(scene.seed, (tx) =>
      appendEvents(tx, {
        ...{ runId, attempt: 1, observedBy: "worker" },
        events: events.map((event) => ({ at, event })),
      }),
    ),
  );
}

beforeAll(async () => {
  scene = await runScene();
  const { seed } = scene;
  eng = await member(seed, "eng", "engineering_lead");
  sec = await member(seed, "sec", "security_lead");
  const person = await member(seed, "both", "engineering_lead");
  await grantRole(seed, { personId: actorId(person.actor), role: "security_lead", pilotId: null });
  both = testScope({ roles: ["engineering_lead", "security_lead"], actor: person.actor, clock: scene.clock });
  other = await scene.pilotWith();
  await scene.reviewed(other);
  const runId = await scene.launched();
  const cluster = { cluster: 1, signature: "Half-up rounding", steadiness: "steady" } as const;
  await seen(
    runId,
    { kind: "egress", body: { ...DENIED, times: 3 } },
    { kind: "egress", body: { ...DENIED, times: 4 } },
    { kind: "cluster_found", body: { ...cluster, tests: ["a", "b", "c"] } },
    { kind: "cluster_found", body: { ...cluster, tests: ["a", "b"] } },
    { kind: "cluster_found", body: { ...cluster, cluster: 2, tests: ["d"] } },
  );
  await failRun(seed, runId);
  await sequenceLog(scene.database);
  await asProcess(scene.database, "worker", () => indexLog(seed));
});

describe("a brief", () => {
  test("counts what its rows show, of every number", async () => {
    const { brief } = await getBrief(need(eng), { since: "24" });
    expect(brief.counts).toMatchObject({
      ...{ launched: { count: 2 }, verified: { count: 1 }, failed: { count: 1, detail: "It went wrong." } },
      ...{ causes: { count: 2, weight: 4 }, denied: { count: 1, weight: 7, detail: "evil.example.org" } },
      ...{ merged: { count: 0 }, no_change: { count: 0 }, spend: { count: 0 } },
    });
    for (const kind of BriefCount.options) {
      const rows = await listBriefRows(need(eng), kind, brief.since);
      expect(rows).toHaveLength(brief.counts[kind].count);
      expect(rows.reduce((sum, { weight }) => sum + weight, 0)).toBe(brief.counts[kind].weight);
    }
  });

  test("of before is not told", async () => {
    scene.clock.advance(8 * 24 * 3_600_000);
    const { brief } = await getBrief(need(eng), { since: "168" });
    scene.clock.advance(-8 * 24 * 3_600_000);
    expect(BriefCount.options.map((kind) => brief.counts[kind].count)).toEqual(
      BriefCount.options.map(() => 0),
    );
  });

  test("tells a security lead of controls, findings and who may do what", async () => {
    const { brief, views } = await getBrief(need(sec), { since: "24" });
    expect(views).toEqual(["security"]);
    expect(brief.view).toBe("security");
    expect(brief.guarded.controls).toEqual({ red: 0, all: expect.any(Number) });
    expect(brief.guarded.access).toContainEqual({ kind: "person.role_granted", count: expect.any(Number) });
  });

  test("waits with what this person may decide, until it runs out", async () => {
    expect((await getBrief(need(sec), { since: "24" })).brief.waiting).toEqual({
      count: 1,
      first: expect.any(Number),
    });
  });

  test("probe: of another pilot nothing is told, not by its rows either", async () => {
    const { pilotId } = scene.work;
    const viewer = testScope({ roles: [["viewer", other]], clock: scene.clock });
    const { brief } = await getBrief(viewer, { since: "24", view: "security" });
    expect(brief.view).toBe("overview");
    expect(brief.counts).toMatchObject({ launched: { count: 1 }, failed: { count: 0, detail: null } });
    expect(brief.counts).toMatchObject({ denied: { count: 0 }, causes: { count: 0 } });
    expect(brief.guarded).toMatchObject({ controls: null, access: null });
    for (const kind of BriefCount.options)
      expect((await listBriefRows(viewer, kind, brief.since)).map((row) => row.pilotId)).not.toContain(
        pilotId,
      );
    const stranger = testScope({ clock: scene.clock });
    const nothing = (await getBrief(stranger, { since: "24" })).brief;
    expect(BriefCount.options.every((kind) => nothing.counts[kind].count === 0)).toBe(true);
    expect(await listOddReach(stranger)).toEqual([]);
  });

  test("probe: a grant that does not show runs shows none of their numbers", async () => {
    const [grant] = need(eng).grants;
    if (!grant) throw new Error("a lead holds a role");
    const { actor, clock } = { actor: need(eng).actor, clock: scene.clock };
    const narrow = {
      ...testScope({ actor, clock }),
      grants: [{ ...grant, permissions: ["pilot.view" as const] }],
    };
    const { brief } = await getBrief(narrow as Scope, { since: "24" });
    expect(brief.counts).toMatchObject({ launched: { count: 0 }, failed: { count: 0 } });
    expect(brief.counts.charters.count).toBeGreaterThan(0);
  });
});

describe("a live run that reaches further", () => {
  test("is named with what it was denied", async () => {
    const runId = await scene.launched();
    await seen(
      runId,
      { kind: "egress", body: { ...DENIED, times: 2 } },
      { kind: "egress", body: { ...DENIED, host: "registry.example.org", verdict: "allowed", times: 1 } },
    );
    expect(await listOddReach(need(sec))).toEqual([
      { runId, title: expect.any(String), isWeak: false, allowed: 1, denied: 2 },
    ]);
  });
});

describe("somebody with both roles", () => {
  test("comes back to the view they chose", async () => {
    const mine = need(both);
    expect(await getBrief(mine, { since: "work" })).toMatchObject({
      ...{ views: ["engineering", "security"], brief: { view: "engineering" } },
    });
    await chooseView(mine, "security");
    expect((await getBrief(mine, { since: "work" })).brief.view).toBe("security");
    expect((await getBrief(mine, { since: "work", view: "engineering" })).brief.view).toBe("engineering");
  });

  test("probe: nobody keeps a view that no role of theirs opens", async () => {
    await expect(chooseView(need(eng), "security")).rejects.toMatchObject({ code: "refused" });
    await expect(chooseView(need(eng), "overview")).rejects.toMatchObject({ code: "refused" });
  });
});
