// The real, pinned Codex after a crash: another process in another sandbox, with nothing but a snapshot.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCodex } from "#lib/testing/agents/codex-talk.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { until } from "#lib/testing/runner/parts.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 30_000 } });
const never = () => new Promise<never>(() => undefined);

describe("a session that was killed while it waited for an answer", () => {
  test("goes on elsewhere with all that was said, and asks anew", async () => {
    const first = await openCodex(workshop, agents, {
      ask: never,
      answer: scriptedModel([{ items: [{ say: "The number is 42." }, shell("touch new.js")] }]),
    });
    const native = await first.talk.begin(null);
    const end = first.talk.turn("Remember the number.");
    await until(() => first.asked.length === 1);
    const { bytes } = await first.session.snapshot();
    first.kill();
    expect(await end).toEqual({
      status: "failed",
      text: "",
      error: expect.stringMatching(/^Codex was ended by SIGKILL before its turn was over\./),
    });
    await expect(first.talk.steer("Hello?")).rejects.toMatchObject({ code: "conflict" });
    expect(await first.talk.turn("Go on.")).toMatchObject({ status: "failed", error: /SIGKILL/ });
    await first.session.close();

    const second = await openCodex(workshop, agents, {
      ask: async () => ({ decision: "allowed", reason: "" }),
      scene: first.scene,
      snapshot: bytes,
      answer: scriptedModel([{ items: [shell("touch new.js")] }, { items: [{ say: "Done." }] }]),
    });
    expect(second.session.lost).toBeNull();
    expect(await second.talk.begin(native)).toBe(native);
    expect(await second.talk.turn("You were interrupted. What was the number?")).toMatchObject({
      status: "completed",
      text: "Done.",
    });
    expect(second.asked.map(({ title }) => title)).toEqual(["touch new.js"]);
    for (const said of ["Remember the number.", "The number is 42.", "aborted", "You were interrupted."])
      expect(second.input(0)).toContain(said);
    // What an earlier process counted is not counted again.
    expect(second.told.filter(([name]) => name === "usage")).toEqual([
      ["usage", { input: 2000, cached: 800, output: 100, reasoning: 20 }],
    ]);
  });
});

test("a session whose history is not there goes on as another one, by another name", async () => {
  const { talk } = await openCodex(workshop, agents, {
    answer: scriptedModel([{ items: [{ say: "Hello." }] }]),
  });
  const lost = "01a20000-0000-7000-8000-000000000000";
  const found = await talk.begin(lost);
  expect(found).not.toBe(lost);
  expect(await talk.turn("Hello?")).toEqual({ status: "completed", text: "Hello." });
});
