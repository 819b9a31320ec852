import { beforeEach, describe, expect, test } from "vitest";
import { createTestRecord, type Recorded } from "#lib/testing/agents/app-server.ts";
import { createTranslation, type EndedTurn, type Translation } from "./translation.ts";

let told: Recorded[];
let ended: EndedTurn[];
let read: [string, boolean][];
let translation: Translation;

beforeEach(() => {
  const scene = createTestRecord();
  told = scene.told;
  ended = [];
  read = [];
  translation = createTranslation({
    record: scene.record,
    tree: "/work/tree",
    onEnd: (turn) => void ended.push(turn),
    onRead: (clientId, brokeOff) => void read.push([clientId, brokeOff]),
  });
  translation.bind("t");
  translation.startTurn();
});

const inTurn = { threadId: "t", turnId: "u" };
const started = (item: object) => translation.take("item/started", { ...inTurn, item });
const completed = (item: object) => translation.take("item/completed", { ...inTurn, item });
const delta = (kind: string, itemId: string, text: string) =>
  translation.take(`item/${kind}`, { ...inTurn, itemId, delta: text });
const tokens = (factor: number) =>
  translation.take("thread/tokenUsage/updated", {
    ...inTurn,
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
const change = (fields: object = {}) => ({
  type: "fileChange",
  id: "f",
  changes: [
    {
      path: "/work/tree/src/sum.js",
      kind: { type: "update", move_path: null },
      diff: "@@ -1 +1 @@\n-a\n+b\n",
    },
  ],
  status: "completed",
  ...fields,
});

describe("messages and reasoning", () => {
  test("come in as they are written, and are not said again at their end", async () => {
    await started({ type: "agentMessage", id: "m", text: "" });
    await delta("agentMessage/delta", "m", "Fixed ");
    await delta("agentMessage/delta", "m", "it.");
    await completed({ type: "agentMessage", id: "m", text: "Fixed it." });
    expect(told).toEqual([
      ["open", "m", "message", "Message"],
      ["delta", "m", "Fixed "],
      ["delta", "m", "it."],
      ["close", "m", "completed", false],
    ]);
  });

  test("that were not written bit by bit, or not to the end, are said at their end", async () => {
    await completed({ type: "agentMessage", id: "m", text: "At once." });
    await started({ type: "agentMessage", id: "n", text: "" });
    await delta("agentMessage/delta", "n", "Half ");
    await completed({ type: "agentMessage", id: "n", text: "Half and half." });
    expect(told.filter(([name]) => name === "delta")).toEqual([
      ["delta", "m", "At once."],
      ["delta", "n", "Half "],
      ["delta", "n", "and half."],
    ]);
  });

  test("have their paragraphs", async () => {
    await started({ type: "reasoning", id: "r", summary: [], content: [] });
    for (const summaryIndex of [0, 1]) {
      await translation.take("item/reasoning/summaryPartAdded", { ...inTurn, itemId: "r", summaryIndex });
      await delta("reasoning/summaryTextDelta", "r", `Thought ${summaryIndex}.`);
    }
    await completed({ type: "reasoning", id: "r", summary: ["Thought 0.", "Thought 1."] });
    expect(told.map(([, , text]) => text)).toEqual([
      "reasoning",
      "Thought 0.",
      "\n\n",
      "Thought 1.",
      "completed",
    ]);
  });
});

describe("commands", () => {
  test("are told word by word with what they print, their exit and their time", async () => {
    await started(command());
    await delta("commandExecution/outputDelta", "c", "ok 1\n");
    await completed(command({ status: "failed", aggregatedOutput: "ok 1\n", exitCode: 1, durationMs: 12 }));
    expect(told).toEqual([
      ["openCommand", "c", ["/bin/bash", "-lc", "node --test"], "Run by the agent"],
      ["output", "c", "stdout", "ok 1\n"],
      ["closeCommand", "c", { status: "failed", exit: 1, milliseconds: 12 }],
    ]);
  });

  test("whose output was not streamed are told from the summary", async () => {
    await completed(
      command({ status: "completed", aggregatedOutput: "quick\n", exitCode: 0, durationMs: 1 }),
    );
    expect(told[1]).toEqual(["output", "c", "stdout", "quick\n"]);
  });

  test("whose output was streamed from its middle on get their beginning at the end", async () => {
    await started(command());
    await delta("commandExecution/outputDelta", "c", "later\n");
    await completed(command({ status: "completed", aggregatedOutput: "first\nlater\n", exitCode: 0 }));
    expect(told.filter(([name]) => name === "output").map(([, , , text]) => text)).toEqual([
      "later\n",
      "\n[how this output began, told by Codex at its end:]\nfirst\n",
    ]);
  });

  test("whose summary was cut are told as they were streamed", async () => {
    await started(command());
    await delta("commandExecution/outputDelta", "c", "a".repeat(5000));
    await completed(command({ status: "completed", aggregatedOutput: `${"a".repeat(2000)}…`, exitCode: 0 }));
    expect(told.filter(([name]) => name === "output")).toHaveLength(1);
  });

  test("that were declined say so", async () => {
    await completed(command({ status: "declined" }));
    expect(told.at(-1)).toEqual(["closeCommand", "c", { status: "declined", exit: null, milliseconds: 0 }]);
  });
});

describe("patches", () => {
  test("are named by their file inside the tree, and may have changed it", async () => {
    await started(change({ status: "inProgress" }));
    await completed(change());
    expect(told).toEqual([
      ["open", "f", "patch", "Change src/sum.js"],
      ["delta", "f", "update src/sum.js\n@@ -1 +1 @@\n-a\n+b\n"],
      ["close", "f", "completed", true],
    ]);
  });

  test("of several files say how many, and where one went", async () => {
    const moved = { path: "/work/tree/a", kind: { type: "update", move_path: "/work/tree/b" }, diff: "" };
    const added = { path: "/elsewhere/c", kind: { type: "add" }, diff: "text" };
    await completed(change({ changes: [moved, added], status: "failed" }));
    expect(told).toEqual([
      ["open", "f", "patch", "Change a → b and 1 more"],
      ["delta", "f", "update a → b\n\nadd /elsewhere/c\ntext"],
      ["close", "f", "failed", true],
    ]);
  });
});

describe("other items", () => {
  test("of a type that is not known are a tool of that name, which may have written files", async () => {
    expect(await completed({ type: "mcpToolCall", id: "x", server: "s", arguments: {} })).toBe(true);
    expect(told).toEqual([
      ["open", "x", "tool", "mcpToolCall"],
      ["close", "x", "completed", true],
    ]);
  });

  test("such as a compaction are seen; what was sent to it is not told back", async () => {
    await started({ type: "contextCompaction", id: "k" });
    await completed({ type: "userMessage", id: "p", content: [] });
    expect(told).toEqual([["open", "k", "compaction", "Compact the context"]]);
  });

  test("probe: of a known type in another shape are not understood, and change nothing", async () => {
    expect(await started({ type: "commandExecution", id: "c", command: ["sh"], status: "inProgress" })).toBe(
      false,
    );
    expect(await started({ type: "agentMessage", id: "" })).toBe(false);
    expect(await started({ id: "x" })).toBe(false);
    expect(await delta("agentMessage/delta", "nobody", "text")).toBe(true);
    expect(told).toEqual([]);
  });

  test("probe: of another thread are not understood", async () => {
    expect(await translation.take("item/started", { threadId: "other", turnId: "u", item: change() })).toBe(
      false,
    );
    expect(told).toEqual([]);
  });

  test("that are only noise are left out, what is not known is said to be so", async () => {
    expect(await translation.take("turn/diff/updated", { diff: "…" })).toBe(true);
    expect(await translation.take("warning", { message: "careful" })).toBe(false);
    expect(await translation.take("toString", {})).toBe(false);
  });
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
    const scene = createTestRecord();
    translation = createTranslation({
      record: scene.record,
      tree: "/work/tree",
      onEnd: () => undefined,
      onRead: () => undefined,
    });
    translation.bind("t");
    await tokens(4);
    translation.startTurn();
    await tokens(5);
    await turnCompleted();
    expect(scene.told).toEqual([["usage", { input: 1000, cached: 400, output: 50, reasoning: 10 }]]);
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
    translation.take("item/commandExecution/terminalInteraction", { ...inTurn, itemId: "c", stdin });
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
  const find = (itemId: string, of: object = {}) => translation.find({ ...inTurn, itemId, ...of });
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
