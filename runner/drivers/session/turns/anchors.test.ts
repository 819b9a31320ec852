import { describe, expect, test } from "vitest";
import { type Clock, MINUTE } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { agentAssignment } from "#lib/testing/runner/parts.ts";
import type { DriverContext } from "../../port.ts";
import { orAborted } from "../or-aborted.ts";
import type { Snapshot } from "../port.ts";
import { createAnchors } from "./anchors.ts";

/** Time that passes when the test says so. */
function stage(
  anchor: { turns?: number; minutes?: number; tokens?: number },
  snapshot: () => Promise<Snapshot> = async () => Promise.reject(refused("The tree is gone.")),
  steer: "preempt" | "tool_boundary" | "none" = "tool_boundary",
) {
  let at = 0;
  const sleeps: (() => void)[] = [];
  const clock: Clock = {
    now: () => at,
    sleep: (_milliseconds, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push(resolve);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  const done = { items: 0, tokens: 0, answers: 0 };
  const commands = Promise.withResolvers<void>();
  const waits: number[] = [];
  const said: string[] = [];
  const prompts: string[] = [];
  const broken: unknown[] = [];
  const { model: _model, ...assignment } = agentAssignment({
    task: "Repair the sum.",
    anchor: { turns: 0, minutes: 0, tokens: 0, ...anchor },
  });
  const context = {
    assignment,
    clock,
    model: { answers: () => done.answers, microsLeft: () => null, secondsLeft: () => 600 },
    signal: new AbortController().signal,
    workspace: { repository: "/nowhere", scratch: "/nowhere" },
    emit: async (_event: NewEvent) => undefined,
  } as unknown as DriverContext;
  let goal: string | null = null;
  const leaving = new AbortController();
  const anchors = createAnchors({
    context,
    base: { passed: 1, failing: [] },
    record: {
      items: () => done.items,
      tokens: () => done.tokens,
      prompt: async (origin, text) => void prompts.push(`${origin}: ${text}`),
      duringCommand: (signal) => {
        waits.push(1);
        return orAborted(commands.promise, signal);
      },
    },
    steer,
    desk: {
      leaving: leaving.signal,
      goal: () => goal,
      say: async (text, recorded) => {
        said.push(text);
        await recorded();
        return true;
      },
    },
    nextCommand: () => 1,
    snapshot,
    onBroken: (error) => void broken.push(error),
  });
  return {
    anchors,
    done,
    said,
    prompts,
    broken,
    sleeps,
    leaving,
    commands,
    waits,
    changeGoal: (text: string) => {
      goal = text;
    },
    async minute() {
      await expect.poll(() => sleeps.length).toBeGreaterThan(0);
      at += MINUTE;
      sleeps.shift()?.();
    },
  };
}

describe("re-anchoring", () => {
  test("goes into the turn under way, with the newest goal, when its time has come", async () => {
    const { anchors, done, said, prompts, minute, changeGoal, sleeps, broken } = stage({ minutes: 2 });
    changeGoal("Repair the product instead.");
    const turn = anchors.during();
    done.items = 3;
    await minute();
    await expect.poll(() => sleeps.length).toBe(1);
    expect(said).toEqual([]);
    await minute();
    await expect.poll(() => said.length).toBe(1);
    await expect.poll(() => sleeps.length).toBe(1);
    expect(said[0]).toContain("# Goal\nRepair the product instead.");
    expect(said[0]).toContain("could not be measured: The tree is gone.");
    expect(prompts[0]).toMatch(/^anchor: Stop for a moment/);
    await minute();
    await minute();
    await expect.poll(() => sleeps.length).toBe(1);
    expect(said).toHaveLength(1); // nothing happened since
    await turn.stop();
    expect(broken).toEqual([]);
  });

  test("comes before the next turn after so many of them", async () => {
    const { anchors, done } = stage({ turns: 2 });
    done.answers = 1;
    await anchors.during().stop();
    expect(await anchors.between()).toEqual([]);
    done.answers = 2;
    await anchors.during().stop();
    expect(await anchors.between()).toMatchObject([{ origin: "anchor" }]);
    expect(await anchors.between()).toEqual([]);
  });

  test("after so many answers goes into a turn that lasts as long as the run, when a tool has ended", async () => {
    const { anchors, done, said } = stage({ turns: 3 });
    const turn = anchors.during();
    const tool = () => {
      done.answers += 1;
      done.items += 2;
      anchors.moved({ tree: "a".repeat(40), paths: [], more: 0 });
    };
    tool();
    tool();
    await Promise.resolve();
    expect(said).toEqual([]);
    tool();
    await expect.poll(() => said.length).toBe(1);
    await turn.stop();
  });

  test("breaks off no answer: a program that reads at once is told while a command runs, or before its next turn", async () => {
    const { anchors, done, said, commands, waits } = stage({ turns: 1 }, undefined, "preempt");
    done.answers = 1;
    const touch = () => anchors.moved({ tree: "a".repeat(40), paths: [], more: 0 });
    const first = anchors.during();
    touch();
    await expect.poll(() => waits.length).toBe(1);
    await first.stop();
    expect(said).toEqual([]);
    expect(await anchors.between()).toMatchObject([{ origin: "anchor" }]);

    done.answers = 2;
    const second = anchors.during();
    touch();
    commands.resolve();
    await expect.poll(() => said.length).toBe(1);
    await second.stop();
    expect(await anchors.between()).toEqual([]);
  });

  test("that is being measured when its turn ends is left, and the work goes on", async () => {
    const { promise, resolve } = Promise.withResolvers<Snapshot>();
    let isAsked = false;
    const { anchors, done, said, minute, broken } = stage({ minutes: 1 }, () => {
      isAsked = true;
      return promise;
    });
    const turn = anchors.during();
    done.items = 1;
    await minute();
    await expect.poll(() => isAsked).toBe(true);
    const stopped = turn.stop();
    resolve({ tree: "a".repeat(40), bytes: Buffer.from("no snapshot") });
    await stopped;
    expect([said, broken]).toEqual([[], []]);
  });

  test("that is being measured when the run is left between two turns is left as well", async () => {
    const never = new Promise<Snapshot>(() => undefined);
    const { anchors, leaving, done } = stage({ turns: 1 }, () => never);
    done.answers = 1;
    await anchors.during().stop();
    const between = anchors.between();
    leaving.abort();
    expect(await between).toEqual([]);
  });

  test("tells its form with the first words, and asks nothing of an agent that is not re-anchored", async () => {
    expect(stage({ tokens: 5 }).anchors.form).toContain("ASSUME file PATH exists");
    const { anchors, sleeps } = stage({});
    expect(anchors.form).toBe("");
    await anchors.during().stop();
    expect([await anchors.between(), sleeps]).toEqual([[], []]);
  });

  test("that fails by a fault of ours is told to whoever runs the work", async () => {
    const { anchors, done, minute, broken } = stage({ minutes: 1 }, async () => {
      throw new TypeError("ours");
    });
    const turn = anchors.during();
    done.items = 1;
    await minute();
    await expect.poll(() => broken.length).toBe(1);
    await turn.stop();
  });
});
