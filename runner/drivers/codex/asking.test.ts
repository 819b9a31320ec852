// The real, pinned Codex, which asks before it does anything: what it asks is taken, and its answers are.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conflict } from "#lib/errors.ts";
import { openCodex } from "#lib/testing/agents/codex-talk.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { until } from "#lib/testing/runner/parts.ts";
import type { AskAnswer, Question } from "../session/port.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const ALLOWED: AskAnswer = { decision: "allowed", reason: "" };
const shell = (cmd: string, more: object = {}) => ({
  call: "exec_command",
  args: { cmd, yield_time_ms: 30_000, ...more },
});
const PATCH = `*** Begin Patch
*** Update File: src/sum.js
@@
-export const sum = (a, b) => a + b;
+export const sum = (a, b) => b + a;
*** End Patch
`;

describe("Codex under a charter that wants to be asked", () => {
  test("asks before a command and before a change, with what it is about, and does what was allowed", async () => {
    const { talk, told, asked, session } = await openCodex(workshop, agents, {
      ask: async () => ALLOWED,
      answer: scriptedModel([
        {
          items: [
            shell("ls 'src' && touch \"it's\"", {
              justification: "To see.",
              sandbox_permissions: "require_escalated",
            }),
          ],
        },
        { items: [{ tool: "apply_patch", input: PATCH }] },
        { items: [{ say: "Done." }] },
      ]),
    });
    await talk.begin(null);
    const before = await session.tree();
    expect(await talk.turn("Go.")).toEqual({ status: "completed", text: "Done." });
    const argv = [expect.stringMatching(/^\/.*sh$/), "-lc", "ls 'src' && touch \"it's\""];
    expect(asked).toEqual([
      {
        what: "command",
        item: expect.any(String),
        title: "ls 'src' && touch \"it's\"",
        argv,
        text: JSON.stringify(asked[0]?.argv),
        cwd: "/work/tree",
        reason: "To see.",
      },
      {
        what: "change",
        item: expect.any(String),
        title: "Change src/sum.js",
        text: expect.stringMatching(
          /^update src\/sum\.js\n@@[\s\S]*\+export const sum = \(a, b\) => b \+ a;/,
        ),
        cwd: "/work/tree",
        reason: "",
      },
    ]);
    expect(told).toContainEqual(["closeCommand", asked[0]?.item, expect.objectContaining({ exit: 0 })]);
    expect(told).toContainEqual(["close", asked[1]?.item, "completed", true]);
    expect(await session.tree()).not.toBe(before);
  });

  test("does not do what was declined, is told why, and goes on", async () => {
    const decline = async ({ what }: Question): Promise<AskAnswer> => ({
      decision: "declined",
      reason: what === "command" ? "That folder is not ours." : "",
    });
    const { talk, told, asked, session, input } = await openCodex(workshop, agents, {
      ask: decline,
      answer: scriptedModel([
        { items: [shell("touch new.js")] },
        { items: [{ tool: "apply_patch", input: PATCH }] },
        { items: [{ say: "Then not." }] },
      ]),
    });
    await talk.begin(null);
    const before = await session.tree();
    expect(await talk.turn("Go.")).toEqual({ status: "completed", text: "Then not." });
    expect(asked.map(({ what }) => what)).toEqual(["command", "change"]);
    expect(told).toContainEqual([
      "closeCommand",
      asked[0]?.item,
      expect.objectContaining({ status: "declined", exit: null }),
    ]);
    expect(told).toContainEqual(["close", asked[1]?.item, "declined", true]);
    const words = "This was declined: touch new.js\nThe reason: That folder is not ours.";
    expect(told.filter(([name]) => name === "prompt")).toEqual([["prompt", "answer", words]]);
    expect(input(1)).toContain("That folder is not ours.");
    expect(await session.tree()).toBe(before);
  });

  test("asks about the commands of a model that writes programs for its tools as well", async () => {
    const { talk, asked, input } = await openCodex(workshop, agents, {
      ask: async () => ALLOWED,
      model: "gpt-6-sol",
      answer: scriptedModel([
        {
          items: [
            {
              tool: "exec",
              input: 'const r = await tools.exec_command({ cmd: "echo in $((1+1))" }); text(r.output);',
            },
          ],
        },
        { items: [{ say: "Done." }] },
      ]),
    });
    await talk.begin(null);
    expect(await talk.turn("Go.")).toMatchObject({ status: "completed" });
    expect(asked.map(({ title }) => title)).toEqual(["echo in $((1+1))"]);
    expect(input(1)).toContain("in 2");
  });

  test("asks side by side what it does side by side", async () => {
    const answers = new Map<string, PromiseWithResolvers<AskAnswer>>();
    const { talk, told, asked } = await openCodex(workshop, agents, {
      ask: ({ title }) => {
        const answer = Promise.withResolvers<AskAnswer>();
        answers.set(title, answer);
        return answer.promise;
      },
      answer: scriptedModel([
        { items: [shell("echo one"), shell("echo two")] },
        { items: [{ say: "Both." }] },
      ]),
    });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await until(() => answers.size === 2);
    answers.get("echo two")?.resolve({ decision: "declined", reason: "" });
    answers.get("echo one")?.resolve(ALLOWED);
    expect(await end).toEqual({ status: "completed", text: "Both." });
    const statusOf = (title: string) => {
      const item = asked.find((question) => question.title === title)?.item;
      const [, , how] = told.find(([name, native]) => name === "closeCommand" && native === item) ?? [];
      return (how as { status: string }).status;
    };
    expect([statusOf("echo one"), statusOf("echo two")]).toEqual(["completed", "declined"]);
  });

  test("that waits for an answer can be told something, and ended", async () => {
    const wait = Promise.withResolvers<AskAnswer>();
    const { talk, told, asked, requests } = await openCodex(workshop, agents, {
      ask: () => wait.promise,
      answer: scriptedModel([{ items: [shell("touch new.js")] }, { items: [{ say: "Good." }] }]),
    });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await until(() => asked.length === 1);
    const steered = talk.steer("Rather not.");
    steered.catch(() => undefined); // asked for below
    await talk.interrupt();
    wait.reject(conflict("The turn is being ended."));
    expect(await end).toEqual({ status: "interrupted", text: "" });
    await expect(steered).rejects.toMatchObject({ code: "conflict" });
    expect(told.filter(([name]) => name === "closeCommand")).toEqual([]);
    expect(await talk.turn("And now?")).toEqual({ status: "completed", text: "Good." });
    expect(requests).toHaveLength(2);
  });
});
