import { beforeEach, describe, expect, test } from "vitest";
import type { Recorded } from "#lib/testing/agents/app-server.ts";
import { IN_TURN, openTranslation, type TranslationScene } from "#lib/testing/agents/translation-scene.ts";
import type { Translation } from "./translation.ts";

let told: Recorded[];
let translation: Translation;
let started: TranslationScene["started"];
let completed: TranslationScene["completed"];
let delta: TranslationScene["delta"];
beforeEach(() => {
  ({ told, translation, started, completed, delta } = openTranslation());
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
      await translation.take("item/reasoning/summaryPartAdded", { ...IN_TURN, itemId: "r", summaryIndex });
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

test("probe: a program that opens more than any answer holds, and ends none of it, is not listened to for ever", async () => {
  const diff = "x".repeat(24 * 1024 * 1024);
  const kind = { type: "update", move_path: null };
  const big = (id: string) => started(change({ id, changes: [{ path: "a", kind, diff }] }));
  await big("1");
  await completed(change({ id: "1" }));
  await big("2");
  await big("3");
  await expect(big("4")).rejects.toMatchObject({ code: "refused" });
});

test("probe: a command that no kernel would run is not understood, and costs no time", async () => {
  expect(await started(command({ command: "x".repeat(1024 * 1024 + 1) }))).toBe(false);
  expect(told).toEqual([]);
});
