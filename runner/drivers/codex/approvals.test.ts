// What of Codex's requests reaches whoever decides. The requests are forged here as an agent could forge them.
import { beforeEach, describe, expect, test } from "vitest";
import { conflict } from "#lib/errors.ts";
import type { AskAnswer, Question } from "../session/port.ts";
import { createApprovals } from "./approvals.ts";
import { NO_ANSWER } from "./rpc.ts";
import type { OpenItem } from "./translation.ts";

const COMMAND = "item/commandExecution/requestApproval";
const CHANGE = "item/fileChange/requestApproval";
const LINE = "/bin/bash -lc 'npm run build'";

let asked: Question[];
let ask: (question: Question) => Promise<AskAnswer>;
let items: Map<string, OpenItem>;
let decide: ReturnType<typeof createApprovals>;

beforeEach(() => {
  asked = [];
  ask = async () => ({ decision: "allowed", reason: "" });
  items = new Map<string, OpenItem>([
    ["c", { type: "commandExecution", id: "c", command: LINE, status: "inProgress" }],
    [
      "f",
      {
        type: "fileChange",
        id: "f",
        status: "inProgress",
        changes: [{ path: "/work/tree/a.js", diff: "+a\n", kind: { type: "add" } }],
      },
    ],
  ]);
  decide = createApprovals({
    tree: "/work/tree",
    find: ({ threadId, turnId, itemId }) =>
      threadId === "t" && turnId === "u" ? (items.get(itemId) ?? null) : null,
    ask(question) {
      asked.push(question);
      return ask(question);
    },
  });
});

const command = (changes: object = {}) => ({
  ...{ kind: "command", threadId: "t", turnId: "u", itemId: "c", command: LINE, cwd: "/work/tree" },
  ...changes,
});
const change = (changes: object = {}) => ({ threadId: "t", turnId: "u", itemId: "f", ...changes });

describe("a request", () => {
  test("about a command is asked in the words it was split into", async () => {
    expect(await decide(COMMAND, command({ reason: "To see." }))).toEqual({ decision: "accept" });
    const argv = ["/bin/bash", "-lc", "npm run build"];
    expect(asked).toEqual([
      {
        what: "command",
        item: "c",
        title: "npm run build",
        argv,
        text: JSON.stringify(argv),
        cwd: "/work/tree",
        reason: "To see.",
      },
    ]);
  });

  test("about a change is asked in the words of the item, for it has none of its own", async () => {
    ask = async () => ({ decision: "declined", reason: "No." });
    expect(await decide(CHANGE, change({ reason: null, grantRoot: null }))).toEqual({ decision: "decline" });
    expect(asked).toMatchObject([
      { what: "change", item: "f", title: "Change a.js", text: "add a.js\n+a\n" },
    ]);
  });

  test("whose turn is being ended gets no answer; one that cannot be asked ends the session", async () => {
    ask = async () => Promise.reject(conflict("The turn is being ended."));
    expect(await decide(COMMAND, command())).toBe(NO_ANSWER);
    ask = async () => Promise.reject(new Error("The spool is full."));
    await expect(decide(COMMAND, command())).rejects.toThrow("The spool is full.");
  });

  test("about the same item may come again after its answer", async () => {
    await decide(COMMAND, command());
    await decide(COMMAND, command());
    expect(asked).toHaveLength(2);
  });
});

describe("probe: a request is declined, and nobody is asked,", () => {
  test.each([
    ["about an item that was never opened", COMMAND, command({ itemId: "x" })],
    ["about an item of another thread", COMMAND, command({ threadId: "other" })],
    ["about an item of another turn", COMMAND, command({ turnId: "old" })],
    ["about another command than the item's", COMMAND, command({ command: "/bin/bash -lc ls" })],
    ["about a change, called a command", COMMAND, command({ itemId: "f" })],
    ["about a command, called a change", CHANGE, change({ itemId: "c" })],
    ["for leave to write elsewhere from now on", CHANGE, change({ grantRoot: "/work" })],
    [
      "for a way into the network",
      COMMAND,
      command({ networkApprovalContext: { host: "x", protocol: "https" } }),
    ],
    ["for input to a terminal", COMMAND, command({ kind: "writeStdin" })],
    ["for a part of a command", COMMAND, command({ approvalId: "7" })],
    ["without a command", COMMAND, command({ command: null })],
    ["without anything", COMMAND, undefined],
    ["with a list for its words", CHANGE, []],
  ])("%s", async (_what, method, params) => {
    expect(await decide(method, params)).toEqual({ decision: "decline" });
    expect(asked).toEqual([]);
  });

  test("whose words cannot be read back from its line", async () => {
    const line = "/bin/bash -lc ls \0; rm -rf /";
    items.set("n", { type: "commandExecution", id: "n", command: line, status: "inProgress" });
    expect(await decide(COMMAND, command({ itemId: "n", command: line }))).toEqual({ decision: "decline" });
    expect(asked).toEqual([]);
  });

  test("while its item is being asked about already", async () => {
    const answer = Promise.withResolvers<AskAnswer>();
    ask = () => answer.promise;
    const first = decide(COMMAND, command());
    expect(await decide(COMMAND, command())).toEqual({ decision: "decline" });
    answer.resolve({ decision: "allowed", reason: "" });
    expect(await first).toEqual({ decision: "accept" });
    expect(asked).toHaveLength(1);
  });

  test("in a flood of them", async () => {
    ask = () => new Promise<never>(() => undefined);
    let declined = 0;
    for (let at = 0; at < 1000; at++) {
      items.set(`c${at}`, { type: "commandExecution", id: `c${at}`, command: LINE, status: "inProgress" });
      void decide(COMMAND, command({ itemId: `c${at}` }))?.then(() => {
        declined += 1;
      });
    }
    await Promise.resolve();
    await Promise.resolve();
    expect([asked.length, declined]).toEqual([16, 984]);
  });
});

test("probe: a giant command is handed on whole, for whoever shows it to judge, under a title that is short", async () => {
  const line = `/bin/bash -lc 'echo ${"x".repeat(1_000_000)}'`;
  items.set("g", { type: "commandExecution", id: "g", command: line, status: "inProgress" });
  await decide(COMMAND, command({ itemId: "g", command: line }));
  expect(asked[0]?.title).toHaveLength(300);
  expect(asked[0]?.text.length).toBeGreaterThan(1_000_000);
});

test("probe: what else may be asked for is not offered", () => {
  for (const method of ["item/permissions/requestApproval", "execCommandApproval", "toString", "__proto__"])
    expect(decide(method, command())).toBeUndefined();
});
