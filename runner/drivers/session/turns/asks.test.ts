import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_EVENT_TEXT } from "#lib/protocol/agent-events.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { type AskPolicy, askDigest, type Decided } from "#lib/protocol/steering.ts";
import { fastClock, until } from "#lib/testing/runner/parts.ts";
import type { Question } from "../port.ts";
import { createAsks } from "./asks.ts";
import type { Parking } from "./desk.ts";

const POLICY: AskPolicy = {
  ...{ mode: "unlisted", allowed: ["mkdir *"], denied: ["rm"] },
  ...{ unattended: "deny_and_continue", minutes: 1000 },
};
const question = (text: string, part: Partial<Question> = {}): Question => ({
  ...{ what: "command", item: "call-1", title: text, text, cwd: "/work/tree", reason: "" },
  ...part,
});

function open(policy: Partial<AskPolicy> = {}, decided: Decided[] = []) {
  const events: NewEvent[] = [];
  const parked: Parking[] = [];
  const asks = createAsks({
    policy: { ...POLICY, ...policy },
    ...{ decided, testArgv: ["npm", "test"], clock: fastClock(1000) },
    itemOf: () => 7,
    park: (parking) => void parked.push(parking),
    emit: async (event) => void events.push(NewEvent.parse(event)),
  });
  return { asks, events, parked, bodies: () => events.map(({ body }) => body) };
}

describe("what an agent asks", () => {
  test.each([
    ["cat README.md", "allowed", []],
    ["npm test", "allowed", []],
    ["mkdir -p a", "allowed", [{ ask: 1, decision: "allowed", by: "policy", rule: "mkdir *" }]],
    ["rm -r a", "declined", [{ ask: 1, decision: "declined", by: "policy", rule: "rm" }]],
  ])("is settled by the charter where it says so: %s is %s", async (text, decision, told) => {
    const { asks, bodies } = open();
    expect((await asks.ask(question(text))).decision).toBe(decision);
    expect(bodies()).toEqual(told);
  });

  test("of people waits for the answer to its own number", async () => {
    const { asks, events, bodies } = open();
    const asked = asks.ask(question("touch a", { reason: "I need it." }));
    await until(() => events.length === 1);
    const digest = askDigest({ what: "command", cwd: "/work/tree", text: "touch a" });
    expect(bodies()[0]).toMatchObject({ ask: 1, item: 7, text: "touch a", reason: "I need it.", digest });
    asks.answer({ number: 1, kind: "answer", ask: 2, decision: "allowed", reason: "" });
    asks.answer({ number: 2, kind: "answer", ask: 1, decision: "declined", reason: "No." });
    expect(await asked).toEqual({ decision: "declined", reason: "No." });
    expect(bodies()[1]).toEqual({ ask: 1, decision: "declined", by: "person" });
  });

  test("of a run whose charter asks nobody is quiet, but what is denied", async () => {
    const { asks, bodies } = open({ mode: "never" });
    expect((await asks.ask(question("touch a"))).decision).toBe("allowed");
    expect((await asks.ask(question("rm a"))).decision).toBe("declined");
    expect(bodies()).toHaveLength(1);
  });

  test("was decided meanwhile: the decision answers that ask, and one", async () => {
    const digest = askDigest({ what: "command", cwd: "/work/tree", text: "touch a" });
    const { asks, bodies } = open({ minutes: 1 }, [{ digest, decision: "allowed", reason: "" }]);
    expect((await asks.ask(question("touch a"))).decision).toBe("allowed");
    expect((await asks.ask(question("touch a"))).reason).toMatch(/^Nobody answered within 1 minutes/);
    expect(bodies().map((body) => "by" in body && body.by)).toEqual([false, "person", false, "unattended"]);
  });

  test("and nobody answers has the run left where the charter says so; the ask stays open", async () => {
    const { asks, parked, events } = open({ unattended: "park", minutes: 1 });
    await expect(asks.ask(question("touch a"))).rejects.toThrow("Nobody answered");
    expect(parked).toMatchObject([{ why: "ask" }]);
    expect(events).toHaveLength(1);
  });

  test("ends with its turn as expired, with its program as crashed, and stays open where the run is put away", async () => {
    for (const [by, end] of [
      ["person", (asks: ReturnType<typeof createAsks>) => asks.abandon(null)],
      ["crash", (asks: ReturnType<typeof createAsks>) => asks.crashed()],
      ["unattended", (asks: ReturnType<typeof createAsks>) => asks.abandon({ why: "time", reason: "" })],
      [null, (asks: ReturnType<typeof createAsks>) => asks.abandon({ why: "pause", reason: "" })],
    ] as const) {
      const { asks, events, bodies } = open();
      const asked = asks.ask(question("touch a"));
      asked.catch(() => undefined); // asked for below
      await until(() => events.length === 1);
      await end(asks);
      await expect(asked).rejects.toThrow();
      expect(bodies().slice(1)).toEqual(by === null ? [] : [{ ask: 1, decision: "expired", by }]);
    }
  });
});

describe("probe: a hostile question", () => {
  test("that cannot be shown whole is declined and shown to nobody", async () => {
    const { asks, bodies } = open();
    for (const text of [`touch ${"a".repeat(MAX_EVENT_TEXT)}`, "touch a\0b", "touch \ud800"])
      expect((await asks.ask(question(text))).decision).toBe("declined");
    expect(bodies()).toHaveLength(3);
    for (const body of bodies()) expect(body).toMatchObject({ by: "policy", decision: "declined" });
  });

  test("never leaves the protocol's shape, whatever its words are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.string(),
        fc.string(),
        async (text, title, reason) => {
          const { asks } = open({ minutes: 1 });
          const { decision } = await asks.ask(
            question(text, { title, reason: reason.repeat(300), cwd: title }),
          );
          expect(["allowed", "declined"]).toContain(decision);
        },
      ),
      { numRuns: 10 },
    );
  });
});
