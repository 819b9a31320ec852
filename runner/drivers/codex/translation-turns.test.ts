// What of a turn is told besides its items: its end, what it used, what was said into it.
import { beforeEach, describe, expect, test } from "vitest";
import type { Recorded } from "#lib/testing/agents/app-server.ts";
import { IN_TURN, openTranslation, type TranslationScene } from "#lib/testing/agents/translation-scene.ts";
import type { EndedTurn, Translation } from "./translation.ts";

let told: Recorded[];
let translation: Translation;
let ended: EndedTurn[];
let read: [string, boolean][];
let started: TranslationScene["started"];
let completed: TranslationScene["completed"];
let delta: TranslationScene["delta"];
beforeEach(() => {
  ({ told, translation, ended, read, started, completed, delta } = openTranslation());
});

const tokens = (factor: number) =>
  translation.take("thread/tokenUsage/updated", {
    ...IN_TURN,
    tokenUsage: {
      total: {
        inputTokens: 1000 * factor,
        cachedInputTokens: 400 * factor,
        outputTokens: 50 * factor,
        reasoningOutputTokens: 10 * factor,
      },
    },
  });
const turnCompleted = (turn: object = {}) =>
  translation.take("turn/completed", {
    threadId: "t",
    turn: { id: "u", status: "completed", error: null, ...turn },
  });

const command = (fields: object = {}) => ({
  type: "commandExecution",
  id: "c",
  command: "/bin/bash -lc 'node --test'",
  status: "inProgress",
  aggregatedOutput: null,
  exitCode: null,
  durationMs: null,
  ...fields,
});

describe("the end of a turn", () => {
  test("says how it went, with the last message", async () => {
    await completed({ type: "agentMessage", id: "m", text: "First." });
    await completed({ type: "agentMessage", id: "n", text: "Last." });
    await turnCompleted();
    const error = { message: "no more", codexErrorInfo: "usageLimitExceeded" };
    await turnCompleted({ id: "v", status: "failed", error });
    expect(ended).toEqual([
      { id: "u", status: "completed", error: null, text: "Last." },
      { id: "v", status: "failed", error, text: "" },
    ]);
  });

  test("reports what the turn used, although Codex counts the thread and repeats itself", async () => {
    for (const factor of [1, 2, 2]) await tokens(factor);
    await turnCompleted();
    await tokens(2);
    await tokens(5);
    await turnCompleted();
    await tokens(5);
    await turnCompleted();
    expect(told).toEqual([
      ["usage", { input: 2000, cached: 800, output: 100, reasoning: 20 }],
      ["usage", { input: 3000, cached: 1200, output: 150, reasoning: 30 }],
    ]);
  });

  test("does not count what an earlier process of the thread used", async () => {
    ({ told, translation } = openTranslation({ isBegun: false }));
    await tokens(4);
    translation.startTurn();
    await tokens(5);
    await turnCompleted();
    expect(told).toEqual([["usage", { input: 1000, cached: 400, output: 50, reasoning: 10 }]]);
  });
});

describe("what was said into a turn", () => {
  const echo = (clientId: string | null) => ({ type: "userMessage", id: `u-${clientId}`, clientId });

  test("is read when Codex tells it back, and breaks off what the model was saying", async () => {
    await started({ type: "agentMessage", id: "m", text: "" });
    await delta("agentMessage/delta", "m", "I could ");
    await started({ type: "reasoning", id: "r" });
    await started(command());
    told.length = 0;
    await started(echo("one"));
    await completed(echo("one"));
    await delta("agentMessage/delta", "m", "not do this.");
    expect(read).toEqual([["one", true]]);
    expect(told).toEqual([
      ["close", "m", "aborted"],
      ["close", "r", "aborted"],
    ]);
    await started(echo("two"));
    await started(echo(null));
    expect(read.slice(1)).toEqual([["two", false]]);
  });

  test("finds a tool at work, or none", async () => {
    expect(translation.isAtTool()).toBe(false);
    await started({ type: "agentMessage", id: "m", text: "" });
    expect(translation.isAtTool()).toBe(false);
    await started(command());
    expect(translation.isAtTool()).toBe(true);
    await completed(command({ status: "completed", exitCode: 0 }));
    expect(translation.isAtTool()).toBe(false);
  });
});

test("what an agent types into a command's terminal is shown with its output", async () => {
  const typed = (stdin: string) =>
    translation.take("item/commandExecution/terminalInteraction", { ...IN_TURN, itemId: "c", stdin });
  await started(command());
  await typed("");
  await typed("rm -rf build\n");
  expect(told.at(-1)).toEqual([
    "output",
    "c",
    "stdout",
    "\n[typed into its terminal by the agent:] rm -rf build\n\n",
  ]);
});

test("an item is found by its own thread, turn and name, while it is open", async () => {
  await started(command());
  await started({ type: "agentMessage", id: "m", text: "" });
  const find = (itemId: string, of: object = {}) => translation.find({ ...IN_TURN, itemId, ...of });
  expect(find("c")).toMatchObject({ type: "commandExecution", command: "/bin/bash -lc 'node --test'" });
  expect([find("m"), find("x"), find("c", { turnId: "v" }), find("c", { threadId: "s" })]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  await completed(command({ status: "completed" }));
  expect(find("c")).toBeNull();
});
