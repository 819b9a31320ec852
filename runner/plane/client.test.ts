import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { agentAssignment, SUMMARY, verifyAssignment } from "#lib/testing/runner/parts.ts";
import { connect, note } from "#lib/testing/runner/rig.ts";
import { type ScriptedPlane, startScriptedPlane } from "#lib/testing/runner/scripted-plane.ts";
import type { Plane } from "../lease/lease.ts";
import { UnreadableAssignment } from "./client.ts";

const LEASE = { leaseId: "lse_1", attempt: 2 };
const ASK = {
  version: 1,
  phases: ["agent" as const],
  tier: "weak" as const,
  tierMissing: [],
  waitSeconds: 0,
};
const never = new AbortController().signal;
const at = "2030-01-02T00:00:00.000Z";

let plane: ScriptedPlane;
let client: Plane;

beforeEach(async () => {
  plane = await startScriptedPlane();
  onTestFinished(() => plane.close());
  client = await connect(plane);
});

describe("the plane's client", () => {
  test("gets an assignment of either phase, or nothing", async () => {
    plane.offers.push(agentAssignment(), verifyAssignment());
    expect(await client.lease(ASK, never)).toEqual(agentAssignment());
    expect(await client.lease(ASK, never)).toEqual(verifyAssignment());
    expect(await client.lease(ASK, never)).toBeNull();
  });

  test("hears the directive of a heartbeat", async () => {
    expect(await client.heartbeat(LEASE, 1000, never)).toEqual({ directive: "go_on", reason: "" });
    plane.cancelled.set("lse_1", "Enough.");
    expect(await client.heartbeat(LEASE, 1000, never)).toEqual({ directive: "cancel", reason: "Enough." });
  });

  test("learns what is durable, also when it sends the same again", async () => {
    const batch = { first: 1, events: [{ at, event: note("a") }] };
    expect(await client.events(LEASE, batch, never)).toBe(1);
    expect(await client.events(LEASE, batch, never)).toBe(1);
    expect(plane.stored.get("lse_1")).toEqual([note("a")]);
  });

  test("says that preparation is over, and how the lease ended", async () => {
    await client.prepared(LEASE, never);
    await client.finish(LEASE, { outcome: "no_change", attempt: 2, summary: SUMMARY }, never);
    expect(plane.prepared).toEqual(["lse_1"]);
    expect(plane.finished).toEqual([
      { leaseId: "lse_1", finish: { outcome: "no_change", attempt: 2, summary: SUMMARY } },
    ]);
  });

  test("replaces in every text what no database can hold", async () => {
    const summary = { ...SUMMARY, text: "a\0b", flaky: ["test \udfff"] };
    await client.finish(LEASE, { outcome: "no_change", attempt: 2, summary }, never);
    expect(plane.finished[0]?.finish).toMatchObject({
      summary: { text: "a\ufffdb", flaky: ["test \ufffd"] },
    });
  });

  test("does not let a lease's name reach another path", async () => {
    await expect(
      client.heartbeat({ leaseId: "../../admin?x=", attempt: 1 }, 1000, never),
    ).resolves.toBeTruthy();
    expect(plane.requests.at(-1)?.path).toBe("/leases/..%2F..%2Fadmin%3Fx%3D/heartbeat");
  });
});

describe("probe: an assignment", () => {
  test("with parts this runner does not know can still be given back", async () => {
    plane.offers.push({ ...agentAssignment(), phase: "deploy" });
    const error = await client.lease(ASK, never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnreadableAssignment);
    expect(error).toMatchObject({ code: "refused", lease: { leaseId: "lse_1", attempt: 1 } });
  });

  test.each([
    ["a list", []],
    ["no lease", { phase: "agent" }],
    ["a lease without a name", { ...agentAssignment(), phase: "x", leaseId: "" }],
    ["attempt 0", { ...agentAssignment(), attempt: 0 }],
  ])("that is %s is an outage", async (_name, offer) => {
    plane.offers.push(offer as Record<string, unknown>);
    await expect(client.lease(ASK, never)).rejects.toMatchObject({ code: "unavailable" });
  });

  test.each([
    ["a commit that is an option", { baseCommit: "--upload-pack=touch /tmp/x" }],
    ["no test command", { test: { ...agentAssignment().test, argv: [] } }],
    ["a pause of no seconds", { pauseAfterSeconds: 0 }],
    ["endless memory", { limits: { ...agentAssignment().limits, memoryBytes: Number.MAX_VALUE } }],
  ])("with %s is not taken", async (_name, change) => {
    plane.offers.push({ ...agentAssignment(), ...change });
    await expect(client.lease(ASK, never)).rejects.toBeInstanceOf(UnreadableAssignment);
  });

  test.each([
    ["heartbeat", '{"directive":"go_on"}', () => client.heartbeat(LEASE, 1000, never)],
    [
      "events",
      '{"acknowledged":-1}',
      () => client.events(LEASE, { first: 1, events: [{ at, event: note("a") }] }, never),
    ],
    [
      "events",
      '{"acknowledged":"1"}',
      () => client.events(LEASE, { first: 1, events: [{ at, event: note("a") }] }, never),
    ],
  ])("and a %s answered with %s is an outage", async (_path, body, ask) => {
    plane.fault = () => ({ status: 200, body });
    await expect(ask()).rejects.toMatchObject({ code: "unavailable" });
  });
});
