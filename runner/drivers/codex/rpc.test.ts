import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { systemClock } from "#lib/clock.ts";
import {
  type AppServerChoices,
  createAppServer,
  type TestAppServer,
} from "#lib/testing/agents/app-server.ts";
import { until } from "#lib/testing/runner/parts.ts";
import { NO_ANSWER, openRpc, type Rpc } from "./rpc.ts";

const PATIENCE = 30_000;
const Answer = z.object({ answer: z.int() });

let server: TestAppServer;
let rpc: Rpc;
let notified: [string, unknown][];
let strays: string[];
let slow: PromiseWithResolvers<unknown>;

const requests: Readonly<Record<string, () => Promise<unknown>>> = {
  known: async () => ({ decision: "decline" }),
  slow: () => slow.promise,
  withdrawn: async () => NO_ANSWER,
  broken: async () => Promise.reject(new Error("nobody can be asked")),
};

function connect(choices: AppServerChoices = { answers: {} }): void {
  server = createAppServer(choices);
  rpc = openRpc({
    lines: server.agent.lines,
    send: (line) => server.agent.send(line),
    clock: systemClock,
    async onNotification(method, params) {
      if (method === "break") throw new Error("events cannot be kept");
      notified.push([method, params]);
      return method !== "unheard";
    },
    onRequest: (method) => requests[method]?.(),
    onStray: async (line) => void strays.push(line),
  });
}

beforeEach(() => {
  notified = [];
  strays = [];
  slow = Promise.withResolvers();
  connect();
});

const ask = (method = "ask", patience = PATIENCE) => rpc.call(method, { x: 1 }, Answer, patience);
const settle = async () => {
  server.end();
  await rpc.over;
};

describe("calls", () => {
  test("are told apart by their numbers, in whatever order they are answered", async () => {
    const [one, two] = [ask("one"), ask("two")];
    expect(server.sent).toEqual([
      { id: 1, method: "one", params: { x: 1 } },
      { id: 2, method: "two", params: { x: 1 } },
    ]);
    server.say({ id: 2, result: { answer: 22 } });
    server.say({ id: 1, result: { answer: 11 } });
    expect(await Promise.all([one, two])).toEqual([{ answer: 11 }, { answer: 22 }]);
  });

  test("that are refused say it in the other side's words", async () => {
    const asked = ask();
    server.say({ id: 1, error: { code: -32600, message: "expected active turn id" } });
    await expect(asked).rejects.toMatchObject({ code: "refused", message: "expected active turn id" });
  });

  test("whose answer has another shape fail with the name of the call", async () => {
    const asked = ask();
    server.say({ id: 1, result: { answer: "many" } });
    await expect(asked).rejects.toThrow(/answered ask in a shape that is not known/);
  });

  test("that are not answered end after their patience", async () => {
    await expect(ask("slow", 20)).rejects.toMatchObject({
      code: "unavailable",
      message: "The agent program did not answer slow within 0.02 s.",
    });
    server.say({ id: 1, result: { answer: 1 } });
    await settle();
    expect(strays).toEqual(['{"id":1,"result":{"answer":1}}']);
  });

  test("end when the program ends, and none is made after that", async () => {
    const asked = ask();
    server.end();
    await expect(asked).rejects.toThrow("The agent program has ended.");
    await expect(ask()).rejects.toThrow("The agent program has ended.");
    expect(rpc.hasEnded()).toBe(true);
  });

  test("that cannot be sent fail", async () => {
    connect({
      answers: {},
      onSent: () => {
        throw new Error("its input is closed");
      },
    });
    await expect(ask()).rejects.toThrow("its input is closed");
  });
});

describe("what the other side says by itself", () => {
  test("is handed on in order; what nobody understands is kept as it came", async () => {
    server.say({ method: "a", params: { n: 1 } });
    server.say({ method: "unheard" });
    server.say({ method: "b", params: { n: 2 } });
    await settle();
    expect(notified.map(([method]) => method)).toEqual(["a", "unheard", "b"]);
    expect(strays).toEqual(['{"method":"unheard"}']);
  });

  test("is answered where it is a request: with the answer, or that nobody offers it", async () => {
    server.say({ id: "r-1", method: "known", params: {} });
    server.say({ id: 7, method: "strange", params: {} });
    await settle();
    expect(server.sent).toEqual([
      { id: "r-1", result: { decision: "decline" } },
      { id: 7, error: { code: -32601, message: "strange is not offered here" } },
    ]);
  });

  test("is kept as it came where it is a request that nobody offers", async () => {
    server.say({ id: 7, method: "strange" });
    await settle();
    expect(strays).toEqual(['{"id":7,"method":"strange"}']);
  });

  test("goes on while a request waits for its answer", async () => {
    server.say({ id: 1, method: "slow" });
    server.say({ id: 2, method: "known" });
    server.say({ method: "a" });
    await until(() => notified.length === 1);
    slow.resolve({ decision: "accept" });
    await settle();
    expect(server.sent).toEqual([
      { id: 2, result: { decision: "decline" } },
      { id: 1, result: { decision: "accept" } },
    ]);
  });

  test("gets no answer where it is a request that nobody waits for any more", async () => {
    server.say({ id: 1, method: "withdrawn" });
    await settle();
    expect(server.sent).toEqual([]);
  });

  test("ends everything where a request cannot be put to anybody", async () => {
    server.say({ id: 1, method: "broken" });
    await expect(rpc.over).rejects.toThrow("nobody can be asked");
  });

  test("ends everything where it cannot be kept", async () => {
    const asked = ask();
    server.say({ method: "break" });
    await expect(asked).rejects.toThrow("The agent program has ended.");
    await expect(rpc.over).rejects.toThrow("events cannot be kept");
  });

  test.each([
    "",
    "not json",
    "[]",
    "null",
    "7",
    '{"id":1}',
    '{"method":7}',
    '{"id":{"deep":1},"result":1}',
    '{"id":99,"result":{}}',
    '{"id":1,"error":"text"}',
    '{"__proto__":{"method":"a"}}',
    '{"id":1,"result":{}',
  ])("probe: the line %j is kept and does no harm", async (line) => {
    server.say(line);
    server.say({ method: "a" });
    await settle();
    expect(strays).toEqual([line]);
    expect(notified).toHaveLength(1);
  });

  test("probe: no sequence of lines makes it throw", async () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ id: fc.integer(), method: fc.string(), params: fc.jsonValue() })
        .map((message) => JSON.stringify(message)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 20 }), async (lines) => {
        connect();
        for (const line of lines.filter((text) => !text.includes('"break"'))) server.say(line);
        await settle();
      }),
      { numRuns: 50 },
    );
  });
});
