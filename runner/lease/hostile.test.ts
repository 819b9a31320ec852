import { beforeEach, describe, expect, test } from "vitest";
import { fastClock } from "#lib/testing/runner/parts.ts";
import { type LeaseRig, noChange, note, sleeper, startLeaseRig } from "#lib/testing/runner/rig.ts";

let rig: LeaseRig;

beforeEach(async () => {
  rig = await startLeaseRig();
});

describe("probe: a hostile or broken plane", () => {
  test("that sends another bundle than it announced gets no run", async () => {
    rig.plane.bundles.set("base", { bytes: rig.repository.baseBundle, sha256: "0".repeat(64) });
    const begun = rig.begin(sleeper);
    await begun.done;
    expect(begun.sandbox.calls).toEqual([]);
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: "The bundle is not the one the control plane announced: its SHA-256 differs.",
    });
  });

  test("that sends no bundle at all gets git's own words", async () => {
    rig.plane.bundles.set("base", { bytes: Buffer.from("# v2 git bundle\n-- nonsense\n") });
    await rig.begin(sleeper).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("The repository could not be unpacked: error: unrecognized header"),
    });
  });

  test("that acknowledges events nobody sent ends the run", async () => {
    rig.plane.fault = ({ path }) =>
      path.endsWith("events") ? { status: 200, body: '{"acknowledged":999}' } : null;
    const begun = rig.begin(async (context) => {
      await context.emit(note("one"));
      return sleeper(context);
    });
    await begun.done;
    expect(rig.finish()).toMatchObject({
      reason: expect.stringContaining("acknowledged events that were never sent"),
    });
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("that refuses an event ends the run with its words", async () => {
    const error = { code: "bad_input", message: "Event 1 is not usable.", requestId: "req_1" };
    rig.plane.fault = ({ path }) =>
      path.endsWith("events") ? { status: 400, body: JSON.stringify({ error }) } : null;
    await rig.begin(async (context) => {
      await context.emit(note("one"));
      return sleeper(context);
    }).done;
    expect(rig.finish()).toMatchObject({ reason: expect.stringContaining("Event 1 is not usable.") });
  });

  test("that answers heartbeats with nonsense is not heard", async () => {
    rig.plane.fault = ({ path }) =>
      path.endsWith("heartbeat") ? { status: 200, body: '{"directive":"obey"}' } : null;
    const begun = rig.begin(sleeper, { steady: fastClock(10) }, { pauseAfterSeconds: 5 });
    await begun.done;
    expect(rig.plane.finished).toEqual([]);
    expect(begun.sandbox.live.size).toBe(0);
  });
});

describe("probe: a hostile driver's output", () => {
  test("reaches the plane without NUL and half surrogates, which no database text can hold", async () => {
    await rig.begin(async ({ emit }) => {
      await emit(note("a\0b\ud800c"));
      return noChange;
    }).done;
    expect(rig.plane.stored.get("lse_1")).toEqual([note("a\ufffdb\ufffdc")]);
  });

  test("of a kind that only the plane writes fails the run", async () => {
    const forged = { kind: "status_changed", body: { from: "working", to: "merged", reason: "" } } as const;
    await rig.begin(async ({ emit }) => {
      await emit(forged);
      return noChange;
    }).done;
    expect(rig.finish()).toMatchObject({
      reason: expect.stringContaining("written by the control plane alone"),
    });
    expect(rig.plane.stored.get("lse_1") ?? []).toEqual([]);
  });
});
