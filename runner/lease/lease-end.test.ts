import { readdirSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import type { Assignment } from "#lib/protocol/schema.ts";
import { fastClock, until } from "#lib/testing/runner/parts.ts";
import {
  type LeaseRig,
  noChange,
  note,
  type Script,
  sleeper,
  startLeaseRig,
} from "#lib/testing/runner/rig.ts";
import { secondsToHandIn } from "./rules.ts";

let rig: LeaseRig;

beforeEach(async () => {
  rig = await startLeaseRig();
});

describe("the end of a lease", () => {
  test("by a cancel directive kills everything and is reported with the reason", async () => {
    const begun = rig.begin(sleeper);
    await until(
      () => begun.sandbox.live.size > 0 && rig.plane.requests.some(({ path }) => path.endsWith("heartbeat")),
    );
    rig.plane.cancelled.set("lse_1", "Ada cancelled the run.");
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "failed", reason: "Ada cancelled the run." });
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("aborts the driver's signal with the reason", async () => {
    const reasons: unknown[] = [];
    const begun = rig.begin(({ signal }) => {
      rig.plane.cancelled.set("lse_1", "Ada cancelled the run.");
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
      });
    });
    await begun.done;
    expect(reasons).toMatchObject([{ kind: "cancelled", message: "Ada cancelled the run." }]);
    expect(rig.finish()).toMatchObject({ outcome: "failed", reason: "Ada cancelled the run." });
  });

  test("by the wall clock is reported as a failure with the seconds it had", async () => {
    const begun = rig.begin(sleeper, {}, { maxSeconds: 1 });
    await begun.done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: "The run used up the 1 seconds it was given.",
    });
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("is announced to a driver of a model while there is time to hand in", async () => {
    const left: number[] = [];
    const grant = {
      token: `phr_${"a".repeat(43)}`,
      gatewayUrl: "http://127.0.0.1:1",
      model: "m",
      api: "responses",
    };
    const begun = rig.begin(
      async ({ model }) => {
        if (model === null) throw new Error("There is no model.");
        await new Promise((resolve) => model.nearlyOver.addEventListener("abort", resolve));
        left.push(model.secondsLeft());
        return noChange;
      },
      {},
      { maxSeconds: 2, model: grant } as Partial<Assignment>,
    );
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
    expect(left[0]).toBeGreaterThan(0);
    expect(left[0]).toBeLessThanOrEqual(secondsToHandIn(2));
  });

  test("by fencing kills everything at once and sends nothing more", async () => {
    const begun = rig.begin(sleeper);
    await until(() => begun.sandbox.live.size > 0);
    rig.plane.fenced.add("lse_1");
    await begun.done;
    expect(rig.plane.finished).toEqual([]);
    expect(rig.plane.stored.get("lse_1") ?? []).toEqual([]);
    expect(begun.sandbox.live.size).toBe(0);
    expect(readdirSync(begun.folder)).toEqual([]);
  });

  test("is noticed at the first fenced answer, whichever request it belongs to", async () => {
    rig.plane.fault = ({ path }) => (path.endsWith("heartbeat") ? "hang" : null);
    const begun = rig.begin(async (context) => {
      rig.plane.fenced.add("lse_1");
      await context.emit(note("too late"));
      return sleeper(context);
    });
    await begun.done;
    expect(rig.plane.finished).toEqual([]);
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("by the runner's shutdown kills everything and sends nothing, so that the run is queued again", async () => {
    const begun = rig.begin(sleeper);
    await until(() => begun.sandbox.live.size > 0);
    begun.shutdown.abort();
    await begun.done;
    expect(rig.plane.finished).toEqual([]);
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("does not wait for a driver that ignores it", async () => {
    const ignoring: Script = () => {
      rig.plane.cancelled.set("lse_1", "Ada cancelled the run.");
      return new Promise(() => undefined);
    };
    const begun = rig.begin(ignoring, { steady: fastClock(10) });
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "failed", reason: "Ada cancelled the run." });
    expect(begun.lines.map(({ msg }) => msg)).toContain(
      "the work did not end although its sandbox is gone; it goes on without one",
    );
  });

  test("is quiet when the answer to the finish was lost and the plane says the second time that it is over", async () => {
    rig.plane.fault = ({ path, nth }) => (path.endsWith("finish") && nth === 1 ? "drop_answer" : null);
    const begun = rig.begin(async () => noChange);
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
    expect(begun.lines.map(({ msg }) => msg)).toContain("the control plane says that the lease is over");
  });

  test("is a failure with the plane's words when the plane refuses the result", async () => {
    const error = { code: "refused", message: "The patch touches .git.", requestId: "req_1" };
    rig.plane.fault = ({ path, nth }) =>
      path.endsWith("finish") && nth === 1 ? { status: 422, body: JSON.stringify({ error }) } : null;
    await rig.begin(async () => noChange).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: "The control plane refused the result: The patch touches .git. (request req_1)",
    });
  });
});

describe("of a lease that the plane ended", () => {
  test("it is said when nothing is running any more, and how long ago the last byte went out", async () => {
    const begun = rig.begin(sleeper);
    await until(() => begun.sandbox.live.size > 0);
    rig.plane.cancelled.set("lse_1", "stopped: enough");
    await begun.done;
    expect(rig.plane.stopped).toEqual([{ leaseId: "lse_1", silentMs: null }]);
  });

  test("it is said of a fenced one, too, and a plane that knows no such message holds nobody up", async () => {
    rig.plane.fault = ({ path }) => (path.endsWith("/stopped") ? { status: 404, body: "" } : null);
    const begun = rig.begin(sleeper);
    await until(() => begun.sandbox.live.size > 0);
    rig.plane.fenced.add("lse_1");
    await begun.done;
    expect(rig.plane.requests.some(({ path }) => path.endsWith("/stopped"))).toBe(true);
    expect(rig.plane.stopped).toEqual([]);
  });

  test("it is not said where the runner itself ended it", async () => {
    const begun = rig.begin(sleeper, {}, { maxSeconds: 1 });
    await begun.done;
    expect(rig.plane.requests.filter(({ path }) => path.endsWith("/stopped"))).toEqual([]);
  });
});
