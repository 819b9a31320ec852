// The real, pinned Codex, spoken to while it works.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCodex } from "#lib/testing/agents/codex-talk.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 30_000 } });
describe("a message into a turn", () => {
  test("breaks off what the model is saying, and is read at once", async () => {
    const { talk, told, untilTold, input } = await openCodex(workshop, agents, {
      answer: scriptedModel([
        { items: [{ saying: "I could do it the long way, and then " }], hang: true },
        { items: [{ say: "The short way it is." }] },
      ]),
    });
    await talk.begin(null);
    const end = talk.turn("Do it.");
    await untilTold("delta", "way,");
    expect(await talk.steer("Do it the short way.")).toBe("preempt");
    expect(await end).toEqual({ status: "completed", text: "The short way it is." });
    const closes = told.filter(([name]) => name === "close").map(([, , status]) => status);
    expect(closes).toEqual(["aborted", "completed"]);
    expect(input(1)).toContain("Do it the short way.");
    expect(input(1)).not.toContain("long way");
  });

  test("during a command is read when that is over, and does not end it", async () => {
    const { talk, told, untilTold, input } = await openCodex(workshop, agents, {
      answer: scriptedModel([{ items: [shell("sleep 1.5; echo went on")] }, { items: [{ say: "Both." }] }]),
    });
    await talk.begin(null);
    const end = talk.turn("Wait for it.");
    await untilTold("openCommand", "went on");
    expect(await talk.steer("Look at the other thing too.")).toBe("tool_boundary");
    expect(told).toContainEqual(["closeCommand", expect.any(String), expect.objectContaining({ exit: 0 })]);
    expect(await end).toEqual({ status: "completed", text: "Both." });
    expect(input(1)).toMatch(/went on.*Look at the other thing too\./);
  });

  test("that Codex had and its model did not, when the turn was ended, is not held to be read", async () => {
    const { talk, untilTold, input } = await openCodex(workshop, agents, {
      answer: scriptedModel([{ items: [shell("sleep 100")] }, { items: [{ say: "Yes." }] }]),
    });
    await talk.begin(null);
    const end = talk.turn("Wait.");
    await untilTold("openCommand", "sleep");
    const steered = talk.steer("A word nobody reads.");
    steered.catch(() => undefined); // asked for below
    await talk.interrupt();
    expect(await end).toMatchObject({ status: "interrupted" });
    await expect(steered).rejects.toMatchObject({ code: "conflict", message: "The turn has ended." });
    expect(await talk.turn("Go on.")).toMatchObject({ status: "completed" });
    expect(input(1)).toContain("turn_aborted");
    expect(input(1)).not.toContain("A word nobody reads");
  });

  test("when none is under way is refused as too late", async () => {
    const { talk } = await openCodex(workshop, agents, {
      answer: scriptedModel([{ items: [{ say: "Yes." }] }]),
    });
    await talk.begin(null);
    await expect(talk.steer("Hello?")).rejects.toMatchObject({ code: "conflict" });
    await talk.interrupt();
    expect(await talk.turn("Say yes.")).toEqual({ status: "completed", text: "Yes." });
    await expect(talk.steer("Hello?")).rejects.toMatchObject({ code: "conflict" });
    await talk.interrupt();
  });
});

describe("a long session", () => {
  test("is made shorter by Codex itself: told as an item, and what was kept is what its model is given", async () => {
    const { talk, told, requests, input } = await openCodex(workshop, agents, {
      answer: scriptedModel([
        { items: [{ say: "Looking. " }, shell("echo the first thing")] },
        { items: [{ say: "THE SUMMARY OF ALL THAT" }] },
        { items: [{ say: "Done." }], tokens: 100 },
      ]),
      config: "model_auto_compact_token_limit = 900",
    });
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({ status: "completed", text: "Done." });
    expect(told).toContainEqual(["open", expect.any(String), "compaction", "Compact the context"]);
    const at = (name: string, word: string) =>
      told.findIndex(([call, , what]) => call === name && what === word);
    expect(at("open", "compaction")).toBeGreaterThan(0);
    expect(requests).toHaveLength(3);
    expect(requests[1]?.headers["x-codex-turn-metadata"]).toContain('"request_kind":"compaction"');
    expect(input(2)).toContain("THE SUMMARY OF ALL THAT");
    expect(input(2)).not.toContain("echo the first thing");
  });
});
