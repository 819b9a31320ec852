import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { fastClock, SUMMARY, until } from "#lib/testing/runner/parts.ts";
import { type LeaseRig, noChange, note, sleeper, startLeaseRig } from "#lib/testing/runner/rig.ts";

let rig: LeaseRig;

beforeEach(async () => {
  rig = await startLeaseRig();
});

describe("an outage of the plane", () => {
  const away = (isAway: () => boolean) => {
    rig.plane.fault = () => (isAway() ? { status: 503, body: "<html>starting</html>" } : null);
  };

  test("shorter than the pause loses no event and stops nothing", async () => {
    let isAway = false;
    away(() => isAway);
    const begun = rig.begin(async ({ emit }) => {
      await emit(note("before"));
      isAway = true;
      for (let i = 0; i < 500; i++) await emit(note(`during ${i}`));
      const refused = rig.plane.requests.length;
      await until(() => rig.plane.requests.length > refused + 2);
      isAway = false;
      await emit(note("after"));
      return noChange;
    });
    await begun.done;
    const texts = rig.notes();
    expect(texts).toEqual(["before", ...Array.from({ length: 500 }, (_, i) => `during ${i}`), "after"]);
    expect(begun.sandbox.calls).not.toContain("pause");
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
  });

  test("longer than the pause stops the sandbox until the plane is heard again", async () => {
    let isAway = false;
    away(() => isAway);
    const begun = rig.begin(
      async ({ sandbox, assignment, emit }) => {
        const started = await sandbox.start({ command: ["cat"], limits: assignment.limits });
        isAway = true;
        await until(() => begun.sandbox.calls.includes("pause"));
        const waiting = sandbox.start({ command: ["true"], limits: assignment.limits });
        started.stdin.end("written while it was stopped");
        isAway = false;
        for await (const chunk of started.stdout) await emit(note(String(chunk)));
        await (await waiting).exited;
        return noChange;
      },
      { steady: fastClock(4) },
      { pauseAfterSeconds: 6 },
    );
    await begun.done;
    expect(begun.sandbox.calls.slice(-4)).toEqual(["start", "pause", "resume", "start"]);
    expect(rig.plane.stored.get("lse_1")).toEqual([note("written while it was stopped")]);
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
  });

  test("longer than twice the pause kills everything and drops the lease without a word", async () => {
    let isAway = false;
    away(() => isAway);
    const begun = rig.begin(
      (context) => {
        isAway = true;
        return sleeper(context);
      },
      { steady: fastClock(10) },
      { pauseAfterSeconds: 5 },
    );
    await begun.done;
    isAway = false;
    const { calls } = begun.sandbox;
    expect([...new Set(calls.slice(calls.indexOf("pause")))]).toEqual(["pause", "kill"]);
    expect(begun.sandbox.live.size).toBe(0);
    expect(rig.plane.finished).toEqual([]);
    expect(readdirSync(begun.folder)).toEqual([]);
  });

  test("of the heartbeat alone counts as one, for no directive could be heard", async () => {
    rig.plane.fault = ({ path }) => (path.endsWith("heartbeat") ? { status: 401, body: "" } : null);
    const begun = rig.begin(
      async (context) => {
        await context.emit(note("events still get through"));
        return sleeper(context);
      },
      { steady: fastClock(10) },
      { pauseAfterSeconds: 5 },
    );
    await begun.done;
    expect(rig.plane.stored.get("lse_1")).toHaveLength(1);
    expect(rig.plane.finished).toEqual([]);
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("in which answers get lost sends nothing twice and leaves nothing out", async () => {
    rig.plane.fault = ({ nth, path }) =>
      !path.endsWith("heartbeat") && nth % 2 === 1 ? "drop_answer" : null;
    await rig.begin(async ({ emit, prepared, workspace }) => {
      for (let i = 0; i < 450; i++) await emit(note(`event ${i}`));
      await prepared();
      await writeFile(join(workspace.scratch, "patch.bundle"), rig.repository.patchBundle);
      return { outcome: "patch", bundle: join(workspace.scratch, "patch.bundle"), summary: SUMMARY };
    }).done;
    const texts = rig.notes();
    expect(texts).toEqual(Array.from({ length: 450 }, (_, i) => `event ${i}`));
    expect(rig.finish()).toMatchObject({ outcome: "patch" });
  });
});
