// What goes on during a turn, from the driver's side: words said into it, its end on demand, its questions.
import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "#lib/clock.ts";
import { ANSWERS, type TestAppServer } from "#lib/testing/agents/app-server.ts";
import { echo, endTurn, inTurn, methods, on, openTestTalk, sentOf } from "#lib/testing/agents/talk-scene.ts";
import { until } from "#lib/testing/runner/parts.ts";
import type { AskAnswer } from "../session/port.ts";

describe("what is said into a turn", () => {
  test("is read once Codex tells it back by the name it was given", async () => {
    const { server, talk } = openTestTalk(on("turn/steer", echo));
    await talk.begin(null);
    const end = talk.turn("Go.");
    expect(await talk.steer("Rather left.")).toBe("preempt");
    expect(sentOf(server, "turn/steer")?.params).toMatchObject({
      threadId: "thread-1",
      expectedTurnId: "turn-1",
      input: [{ type: "text", text: "Rather left." }],
    });
    endTurn(server, "completed");
    await end;
  });

  test("while a tool is at work is read between two", async () => {
    const item = { type: "commandExecution", id: "c", command: "sleep 9", status: "inProgress" };
    const { server, told, talk } = openTestTalk(on("turn/steer", echo));
    await talk.begin(null);
    const end = talk.turn("Go.");
    await until(() => methods(server.sent).includes("turn/start"));
    server.say({ method: "item/started", params: { ...inTurn, item } });
    await until(() => told.length > 0);
    expect(await talk.steer("Rather left.")).toBe("tool_boundary");
    endTurn(server, "completed");
    await end;
  });

  test("and not read when the turn ends was too late, however it ends", async () => {
    for (const end of [
      (peer: TestAppServer) => endTurn(peer, "completed"),
      (peer: TestAppServer) => peer.end({ code: 1 }),
    ]) {
      const { talk } = openTestTalk(on("turn/steer", end));
      await talk.begin(null);
      const turn = talk.turn("Go.");
      await expect(talk.steer("Rather left.")).rejects.toMatchObject({ code: "conflict" });
      await turn;
    }
  });

  test("that Codex refuses was too late", async () => {
    const { "turn/steer": _none, ...answers } = ANSWERS;
    const { server, talk } = openTestTalk({
      answers,
      ...on("turn/steer", (peer, { id }) =>
        peer.say({ id, error: { code: -32600, message: "no active turn to steer" } }),
      ),
    });
    await talk.begin(null);
    const turn = talk.turn("Go.");
    await expect(talk.steer("Rather left.")).rejects.toMatchObject({ code: "conflict" });
    endTurn(server, "completed");
    await turn;
  });

  test("probe: is not held to be read by another's name", async () => {
    const { server, talk } = openTestTalk(
      on("turn/steer", (peer) => echo(peer, { params: { clientUserMessageId: "forged" } })),
    );
    await talk.begin(null);
    const turn = talk.turn("Go.");
    const steered = talk.steer("Rather left.");
    steered.catch(() => undefined); // asked for below
    await until(() => methods(server.sent).includes("turn/steer"));
    endTurn(server, "completed");
    await expect(steered).rejects.toMatchObject({ code: "conflict" });
    await turn;
  });
});

describe("a turn that is to end", () => {
  test("ends as interrupted", async () => {
    const { server, talk } = openTestTalk(on("turn/interrupt", (peer) => endTurn(peer, "interrupted")));
    await talk.begin(null);
    const end = talk.turn("Go.");
    await talk.interrupt();
    expect(await end).toEqual({ status: "interrupted", text: "" });
    expect(sentOf(server, "turn/interrupt")?.params).toEqual(inTurn);
    expect(server.stops).toBe(0);
  });

  test("is ended with its program where Codex does not end it", async () => {
    const { "turn/interrupt": _none, ...answers } = ANSWERS;
    const impatient: Clock = {
      ...systemClock,
      sleep: (milliseconds, signal) => systemClock.sleep(milliseconds === 10_000 ? 1 : milliseconds, signal),
    };
    const { server, talk } = openTestTalk({ answers, clock: impatient });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await talk.interrupt();
    expect(await end).toMatchObject({ status: "failed", error: /^Codex was ended by SIGKILL/ });
    expect(server.stops).toBe(1);
  });

  test("where none is under way needs nothing", async () => {
    const { server, talk } = openTestTalk();
    await talk.begin(null);
    await talk.interrupt();
    expect(methods(server.sent)).not.toContain("turn/interrupt");
  });
});

describe("what it asks", () => {
  const item = { type: "commandExecution", id: "c", command: "bash -lc 'rm x'", status: "inProgress" };
  const request = (server: TestAppServer) => {
    server.say({ method: "item/started", params: { ...inTurn, item } });
    const about = { kind: "command", itemId: "c", command: item.command, cwd: "/work/tree" };
    server.say({
      method: "item/commandExecution/requestApproval",
      id: 0,
      params: { ...inTurn, ...about },
    });
  };
  const answerOf = (server: TestAppServer) => server.sent.find(({ method, id }) => !method && id === 0);

  test("is put to whoever decides, and answered when that is decided", async () => {
    const wait = Promise.withResolvers<AskAnswer>();
    const { server, asked, talk } = openTestTalk({ ask: () => wait.promise, ...on("turn/start", request) });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await until(() => asked.length === 1);
    expect(answerOf(server)).toBeUndefined();
    wait.resolve({ decision: "allowed", reason: "" });
    await until(() => answerOf(server) !== undefined);
    expect(answerOf(server)?.result).toEqual({ decision: "accept" });
    endTurn(server, "completed");
    await end;
  });

  test("and is declined is said why before the answer, so that it is read with that", async () => {
    const { server, told, talk } = openTestTalk({
      ask: async () => ({ decision: "declined", reason: "Keep x." }),
      ...on("turn/start", request),
    });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await until(() => answerOf(server) !== undefined);
    const text = "This was declined: rm x\nThe reason: Keep x.";
    expect(told).toContainEqual(["prompt", "answer", text]);
    expect(server.sent.slice(-2)).toMatchObject([
      { method: "turn/steer", params: { input: [{ text }] } },
      { id: 0, result: { decision: "decline" } },
    ]);
    endTurn(server, "completed");
    await end;
  });

  test("of what is not offered is answered so, and kept", async () => {
    const line = { method: "item/tool/requestUserInput", id: 5, params: {} };
    const { server, told, talk } = openTestTalk(
      on("turn/start", (peer) => {
        peer.say(line);
        endTurn(peer, "completed");
      }),
    );
    await talk.begin(null);
    await talk.turn("Go.");
    expect(server.sent.at(-1)).toEqual({
      id: 5,
      error: { code: -32601, message: "item/tool/requestUserInput is not offered here" },
    });
    expect(told).toContainEqual(["line", "stdout", JSON.stringify(line)]);
  });
});
