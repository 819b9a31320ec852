import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { conflict } from "#lib/errors.ts";
import { createAppServer, createTestRecord } from "#lib/testing/agents/app-server.ts";
import { until } from "#lib/testing/runner/parts.ts";
import type { AskAnswer, Question } from "../session/port.ts";
import { openTalk } from "./talk.ts";

interface Order {
  readonly do: string;
  readonly id?: string;
  readonly text?: string;
  readonly [name: string]: unknown;
}

const FRESH = "a2000000-0000-4000-8000-000000000000";
const KNOWN = "b2000000-0000-4000-8000-000000000000";
const USAGE = { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 };

const allowed = async (): Promise<AskAnswer> => ({ decision: "allowed", reason: "" });

interface Scene {
  readonly answer?: (question: Question) => Promise<AskAnswer>;
  readonly begins?: boolean;
  readonly guarded?: readonly string[];
}

function open({ answer = allowed, begins = true, guarded = [] }: Scene = {}) {
  const server = createAppServer({
    answers: {},
    onSent: (order, peer) => {
      if (begins && (order as unknown as Order).do === "begin")
        peer.say({ type: "begun", session: (order as unknown as Order).session ?? FRESH });
    },
  });
  const { record, told } = createTestRecord();
  const asked: Question[] = [];
  const ask = (question: Question) => {
    asked.push(question);
    return answer(question);
  };
  const { agent } = server;
  const signal = new AbortController().signal;
  const talk = openTalk(
    { agent, record, signal, asks: true, guarded, ask },
    { clock: systemClock, tree: "/work/tree" },
  );
  const orders = () => server.sent as unknown as Order[];
  const tell = (message: object) => server.say({ type: "message", message });
  const state = (order: Order | undefined, is: string) =>
    tell({ type: "command_lifecycle", command_uuid: order?.id, state: is });
  const end = (result: object = {}) =>
    tell({ type: "result", subtype: "success", is_error: false, result: "Done.", usage: USAGE, ...result });
  /** Says it, and that it was begun. */
  async function startTurn(text: string) {
    const turn = talk.turn(text);
    await until(() => orders().at(-1)?.text === text);
    const order = orders().at(-1);
    state(order, "queued");
    state(order, "started");
    return { turn, order };
  }
  return { server, talk, told, asked, orders, tell, state, end, startTurn };
}

const call = (id: string, name: string, input: object) => ({
  type: "assistant",
  message: { content: [{ type: "tool_use", id, name, input }] },
});
const resultOf = (id: string, content: string, more: object = {}, own?: unknown) => ({
  type: "user",
  message: { content: [{ type: "tool_result", tool_use_id: id, content, ...more }] },
  ...(own === undefined ? {} : { tool_use_result: own }),
});
const streamed = (event: object) => ({ type: "stream_event", event });

describe("a session", () => {
  test("is named before anything is said, and another one's name is taken up", async () => {
    const fresh = open();
    expect(await fresh.talk.begin(null)).toBe(FRESH);
    expect(fresh.orders()).toEqual([{ do: "begin" }]);
    const again = open();
    expect(await again.talk.begin(KNOWN)).toBe(KNOWN);
    expect(again.orders()).toEqual([{ do: "begin", session: KNOWN }]);
  });

  test("whose program ends is refused with how it ended", async () => {
    const { server, talk } = open({ begins: false });
    server.end({ code: 1, stderr: "No conversation found" });
    await expect(talk.begin(KNOWN)).rejects.toThrow(
      "Claude ended with code 1 before its turn was over. It said: No conversation found",
    );
  });
});

describe("a turn", () => {
  test("tells messages and reasoning while they are written", async () => {
    const { talk, told, tell, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    tell(streamed({ type: "message_start", message: { id: "m1" } }));
    for (const [index, type, delta] of [
      [0, "thinking", { thinking: "Hm." }],
      [1, "text", { text: "I see." }],
    ] as const) {
      tell(streamed({ type: "content_block_start", index, content_block: { type } }));
      tell(streamed({ type: "content_block_delta", index, delta: { type: `${type}_delta`, ...delta } }));
      tell(streamed({ type: "content_block_stop", index }));
    }
    end();
    expect(await turn).toEqual({ status: "completed", text: "Done." });
    expect(told).toEqual([
      ["open", "m1:0", "reasoning", "Reasoning"],
      ["delta", "m1:0", "Hm."],
      ["close", "m1:0", "completed"],
      ["open", "m1:1", "message", "Message"],
      ["delta", "m1:1", "I see."],
      ["close", "m1:1", "completed"],
      ["usage", { input: 10, cached: 4, output: 5, reasoning: 0 }],
    ]);
  });

  test("tells commands with their streams and exits, and changes as removed and added lines", async () => {
    const { talk, told, tell, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    tell(call("t1", "Bash", { command: "npm test", description: "Run the tests" }));
    tell(resultOf("t1", "ok", { is_error: false }, { stdout: "ok", stderr: "warn", interrupted: false }));
    tell(call("t2", "Bash", { command: "false" }));
    tell(resultOf("t2", "Exit code 3\nno", { is_error: true }, "Error: Exit code 3\nno"));
    tell(call("t3", "Edit", { file_path: "/work/tree/a.js", old_string: "1\n2", new_string: "3" }));
    tell(resultOf("t3", "updated"));
    tell(call("t4", "Read", { file_path: "/work/tree/a.js" }));
    tell(resultOf("t4", "1\t3"));
    end();
    await turn;
    const ends = told.flatMap(([kind, id, value]) => (kind === "closeCommand" ? [[id, value]] : []));
    expect(ends).toMatchObject([
      ["t1", { status: "completed", exit: 0 }],
      ["t2", { status: "completed", exit: 3 }],
    ]);
    expect(told).toContainEqual(["output", "t1", "stderr", "warn"]);
    expect(told).toContainEqual(["output", "t2", "stdout", "Exit code 3\nno"]);
    expect(told).toContainEqual(["open", "t3", "patch", "Change a.js"]);
    expect(told).toContainEqual(["delta", "t3", "--- a.js\n-1\n-2\n+3"]);
    expect(told).toContainEqual(["open", "t4", "tool", "Read a.js"]);
    expect(told).toContainEqual(["close", "t4", "completed", true]);
  });

  test.each([
    [{ api_error_status: 402, terminal_reason: "api_error" }, false],
    [{ api_error_status: 503, terminal_reason: "api_error" }, true],
    [{ api_error_status: null, terminal_reason: "api_error" }, true],
    [{ terminal_reason: "max_turns" }, false],
  ])("that the model's API ended says so, and whether another may go through: %j", async (how, transient) => {
    const { talk, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    end({ is_error: true, result: "The run's budget is spent.", ...how });
    expect(await turn).toEqual({
      status: "failed",
      text: "",
      error: "The run's budget is spent.",
      transient,
    });
  });

  test("that is interrupted ends as that, and the next one is its own", async () => {
    const { talk, orders, state, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    await talk.interrupt();
    expect(orders().at(-1)).toEqual({ do: "interrupt" });
    end({
      subtype: "error_during_execution",
      is_error: true,
      result: "",
      terminal_reason: "aborted_streaming",
    });
    expect(await turn).toEqual({ status: "interrupted", text: "" });
    const next = talk.turn("Go on.");
    await until(() => orders().at(-1)?.text === "Go on.");
    end({ result: "of what was under way before" });
    state(orders().at(-1), "started");
    end({ result: "of this" });
    expect(await next).toMatchObject({ text: "of this" });
  });

  test("whose program dies is a failed one, with how it died", async () => {
    const { server, talk, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    server.end({ code: null, signal: "SIGKILL" });
    expect(await turn).toMatchObject({
      status: "failed",
      error: expect.stringContaining("ended by SIGKILL"),
    });
  });

  test("keeps the lines that nobody understands", async () => {
    const { server, talk, told, tell, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    server.say("panic!");
    tell({ type: "system", subtype: "init", tools: [] });
    end();
    await turn;
    expect(told.filter(([kind]) => kind === "line")).toHaveLength(2);
  });
});

describe("steering", () => {
  test("is taken once it is queued, and read at the next boundary", async () => {
    const { talk, orders, state, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    const steered = talk.steer("Keep it short.");
    await until(() => orders().at(-1)?.text === "Keep it short.");
    state(orders().at(-1), "queued");
    expect(await steered).toBe("tool_boundary");
    state(orders().at(-1), "started");
    end();
    expect(await turn).toMatchObject({ status: "completed" });
  });

  test("that comes too late for an answer is read in one more, which the turn goes on in", async () => {
    const { talk, orders, state, end, startTurn } = open();
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    const steered = talk.steer("And the other one.");
    await until(() => orders().at(-1)?.text === "And the other one.");
    const late = orders().at(-1);
    state(late, "queued");
    await steered;
    end({ result: "first" });
    state(late, "started");
    end({ result: "second" });
    expect(await turn).toEqual({ status: "completed", text: "second" });
  });

  test("is refused where no turn is on", async () => {
    const { talk } = open();
    await talk.begin(null);
    await expect(talk.steer("Hello?")).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a question", () => {
  const ask = (tool: string, input: object, item = "t1") => ({ type: "ask", id: "7", tool, input, item });

  test("is put with the very command, and its answer goes back", async () => {
    const { server, talk, asked, orders, startTurn } = open();
    await talk.begin(null);
    await startTurn("Fix it.");
    server.say(ask("Bash", { command: "rm -rf build", description: "Clean" }));
    await until(() => orders().at(-1)?.do === "answer");
    expect(orders().at(-1)).toEqual({ do: "answer", id: "7", allow: true });
    expect(asked).toEqual([
      {
        what: "command",
        item: "t1",
        title: "rm -rf build",
        argv: ["bash", "-c", "rm -rf build"],
        text: JSON.stringify(["bash", "-c", "rm -rf build"]),
        cwd: "/work/tree",
        reason: "Clean",
      },
    ]);
  });

  test("that is declined tells why, and the item never ran", async () => {
    const { server, talk, told, tell, orders, startTurn } = open({
      answer: async () => ({ decision: "declined", reason: "Not that." }),
    });
    await talk.begin(null);
    await startTurn("Fix it.");
    server.say(ask("Bash", { command: "make" }));
    await until(() => orders().at(-1)?.do === "answer");
    expect(orders().at(-1)).toEqual({ do: "answer", id: "7", allow: false, reason: "Not that." });
    tell(resultOf("t1", "Not that.", { is_error: true }));
    await until(() => told.some(([kind]) => kind === "closeCommand"));
    expect(told.at(-1)).toMatchObject(["closeCommand", "t1", { status: "declined", exit: null }]);
  });

  test("of a turn that is being ended is left to the interrupt", async () => {
    const { server, talk, orders, end, startTurn } = open({
      answer: () => Promise.reject(conflict("Over.")),
    });
    await talk.begin(null);
    const { turn } = await startTurn("Fix it.");
    server.say(ask("Bash", { command: "make" }));
    end({ subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_tools" });
    expect(await turn).toMatchObject({ status: "interrupted" });
    expect(orders().map((order) => order.do)).toEqual(["begin", "say"]);
  });

  test("about looking at something is answered at once", async () => {
    const { server, talk, asked, orders, startTurn } = open();
    await talk.begin(null);
    await startTurn("Fix it.");
    server.say(ask("Grep", { pattern: "x" }));
    await until(() => orders().at(-1)?.do === "answer");
    expect(asked).toEqual([]);
  });

  test("about a look is put as the command that reads the same, where the charter guards files", async () => {
    const declined = async (): Promise<AskAnswer> => ({ decision: "declined", reason: "Guarded." });
    const { server, talk, asked, orders, startTurn } = open({ guarded: ["secrets/**"], answer: declined });
    await talk.begin(null);
    await startTurn("Fix it.");
    server.say(ask("Read", { file_path: "/work/tree/secrets/key" }));
    await until(() => orders().at(-1)?.do === "answer");
    expect(orders().at(-1)).toMatchObject({ allow: false, reason: "Guarded." });
    server.say(ask("Grep", { pattern: "x" }));
    await until(() => asked.length === 2);
    expect(asked.map(({ what, text, cwd }) => [what, JSON.parse(text), cwd])).toEqual([
      ["command", ["cat", "--", "/work/tree/secrets/key"], "/work/tree"],
      ["command", ["rg", "-e", "x", "--", "."], "/work/tree"],
    ]);
    server.say(ask("Glob", { pattern: "**" }));
    await until(() => orders().filter(({ allow }) => allow === true).length === 1);
    expect(asked).toHaveLength(2);
  });

  test("about a file is put with the change", async () => {
    const { server, talk, asked, startTurn } = open();
    await talk.begin(null);
    await startTurn("Fix it.");
    server.say(ask("Write", { file_path: "/work/tree/b.txt", content: "b" }));
    await until(() => asked.length === 1);
    expect(asked[0]).toMatchObject({
      what: "change",
      title: "Write /work/tree/b.txt",
      text: "+++ b.txt\n+b",
    });
  });
});

test("probe: calls and results of no shape, and names of any length, are kept as lines and break nothing", async () => {
  const { server, told, tell, end, startTurn } = open();
  const { turn } = await startTurn("go");
  tell(call("c", "Write", null as unknown as object));
  tell({ type: "assistant", message: { content: [{ type: "tool_use", id: {}, name: 5 }] } });
  tell({ type: "user", message: { content: [{ type: "tool_result", tool_use_id: "c", content: 5 }] } });
  tell(call("c".repeat(201), "Bash", { command: "ls" }));
  server.say({ type: "ask", id: "1", tool: "Bash", input: { command: "ls" }, item: "i".repeat(201) });
  end();
  expect((await turn).status).toBe("completed");
  expect(told.map(([kind]) => kind)).toEqual(["line", "line", "line", "line", "line", "usage"]);
});
