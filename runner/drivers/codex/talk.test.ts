// The driver's side of a session, against a peer that answers as the test says.
import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "#lib/clock.ts";
import {
  ANSWERS,
  type AppServerChoices,
  createAppServer,
  createTestRecord,
  type SentMessage,
  type TestAppServer,
} from "#lib/testing/agents/app-server.ts";
import { until } from "#lib/testing/runner/parts.ts";
import type { AskAnswer, Question } from "../session/port.ts";
import { openTalk } from "./talk.ts";

interface Scene extends AppServerChoices {
  readonly ask?: (question: Question) => Promise<AskAnswer>;
  readonly clock?: Clock;
}

const THREAD = ANSWERS["thread/start"] as object;
const ASKING = { ...ANSWERS, "thread/start": { ...THREAD, approvalPolicy: "untrusted" } };

function open({ ask, clock = systemClock, ...choices }: Scene = {}) {
  const server = createAppServer({ ...(ask ? { answers: ASKING } : {}), ...choices });
  const { record, told } = createTestRecord();
  const asked: Question[] = [];
  const conversation = {
    ...{ agent: server.agent, record, signal: new AbortController().signal, asks: ask !== undefined },
    async ask(question: Question) {
      asked.push(question);
      return ask ? ask(question) : { decision: "declined" as const, reason: "" };
    },
  };
  return { server, told, asked, talk: openTalk(conversation, { clock, tree: "/work/tree" }) };
}

const inTurn = { threadId: "thread-1", turnId: "turn-1" };
const endTurn = (server: TestAppServer, status: string, error: object | null = null, id = "turn-1") =>
  server.say({ method: "turn/completed", params: { threadId: "thread-1", turn: { id, status, error } } });
const say = (server: TestAppServer, text: string) => {
  const item = { type: "agentMessage", id: "m", text };
  server.say({ method: "item/completed", params: { ...inTurn, item } });
};
const echo = (server: TestAppServer, message: SentMessage) => {
  const item = { type: "userMessage", id: "u", clientId: message.params?.clientUserMessageId };
  server.say({ method: "item/started", params: { ...inTurn, item } });
};

/** Does something as soon as a call was answered. */
const on = (
  method: string,
  then: (server: TestAppServer, message: SentMessage) => void,
): AppServerChoices => ({
  onSent: (message, server) => {
    if (message.method === method) then(server, message);
  },
});
const methods = (sent: readonly SentMessage[]) => sent.map(({ method }) => method);
const sentOf = (server: TestAppServer, method: string) => server.sent.find((sent) => sent.method === method);

describe("a session", () => {
  test("has a name before anything is said, and one thread for all its turns", async () => {
    const { server, told, talk } = open(
      on("turn/start", (peer) => {
        say(peer, "Fixed.");
        endTurn(peer, "completed");
      }),
    );
    expect(await talk.begin(null)).toBe("thread-1");
    expect(methods(server.sent)).toEqual(["initialize", "initialized", "thread/start"]);
    expect(await talk.turn("Fix it.")).toEqual({ status: "completed", text: "Fixed." });
    expect(await talk.turn("Once more.")).toEqual({ status: "completed", text: "Fixed." });
    const said = server.sent.slice(3).map(({ params }) => params);
    expect(said).toMatchObject([
      { threadId: "thread-1", input: [{ type: "text", text: "Fix it." }] },
      { threadId: "thread-1", input: [{ type: "text", text: "Once more." }] },
    ]);
    const item = [
      ["open", "m", "message", "Message"],
      ["delta", "m", "Fixed."],
      ["close", "m", "completed", false],
    ];
    expect(told).toEqual([...item, ...item]);
  });

  test("asks where its charter wants that, and people rather than a model", async () => {
    const quiet = open();
    await quiet.talk.begin(null);
    expect(sentOf(quiet.server, "thread/start")?.params).toMatchObject({ approvalPolicy: "never" });
    const asking = open({ ask: async () => ({ decision: "allowed", reason: "" }) });
    await asking.talk.begin(null);
    expect(sentOf(asking.server, "thread/start")?.params).toMatchObject({
      approvalPolicy: "untrusted",
      approvalsReviewer: "user",
      sandbox: "danger-full-access",
    });
  });

  test("that is taken up again is told its policies again", async () => {
    const { server, talk } = open();
    expect(await talk.begin("thread-1")).toBe("thread-1");
    expect(sentOf(server, "thread/resume")?.params).toMatchObject({
      threadId: "thread-1",
      approvalPolicy: "never",
      sandbox: "danger-full-access",
    });
    expect(methods(server.sent)).not.toContain("thread/start");
  });

  test("keeps the lines that nobody understands", async () => {
    const { told, talk } = open(
      on("turn/start", (peer) => {
        peer.say("thread panicked");
        endTurn(peer, "completed");
      }),
    );
    await talk.begin(null);
    await talk.turn("Go.");
    expect(told).toContainEqual(["line", "stdout", "thread panicked"]);
  });

  test("whose program does not even start is refused with how it ended and what it said", async () => {
    const { talk } = open({
      answers: {},
      onSent: (_message, peer) => peer.end({ code: 1, stderr: "unknown configuration field" }),
    });
    await expect(talk.begin(null)).rejects.toMatchObject({
      code: "refused",
      message: "Codex ended with code 1 before its turn was over. It said: unknown configuration field",
    });
  });

  test("with another version of Codex is refused", async () => {
    const { talk } = open({
      answers: { ...ANSWERS, initialize: { userAgent: "pilothouse_runner/0.170.0 (x)" } },
    });
    await expect(talk.begin(null)).rejects.toThrow(
      /^This is not Codex 0\.169\.0, which is the version that is known here/,
    );
  });

  test.each([
    ["asks nobody where it was told to ask", { approvalPolicy: "never" }, /would ask "never"/],
    ["asks by a policy of its own", { approvalPolicy: "on-request" }, /in a shape that is not known/],
    ["lets a model answer", { approvalsReviewer: "auto_review" }, /in a shape that is not known/],
    ["keeps a sandbox of its own", { sandbox: { type: "readOnly" } }, /in a shape that is not known/],
  ])("probe: that %s is refused", async (_what, wrong, sentence) => {
    const thread = { ...THREAD, approvalPolicy: "untrusted", ...wrong };
    const { talk } = open({
      ask: async () => ({ decision: "allowed", reason: "" }),
      answers: { ...ANSWERS, "thread/start": thread },
    });
    await expect(talk.begin(null)).rejects.toThrow(sentence);
  });

  test("probe: that takes up another thread than the one asked for begins one of its own", async () => {
    const other = { ...THREAD, thread: { id: "thread-9" } };
    const { server, talk } = open({ answers: { ...ANSWERS, "thread/resume": other } });
    expect(await talk.begin("thread-2")).toBe("thread-1");
    expect(methods(server.sent).slice(-2)).toEqual(["thread/resume", "thread/start"]);
  });
});

describe("a turn", () => {
  test("that the gateway ended fails with the gateway's own sentence, for good", async () => {
    const sentence = "The run's budget of $2.00 is spent.";
    const message = JSON.stringify({ error: { message: sentence } });
    const { talk } = open(on("turn/start", (peer) => endTurn(peer, "failed", { message })));
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({
      ...{ status: "failed", text: "", error: sentence },
      transient: false,
    });
  });

  test("whose way to the model was cut may be tried again", async () => {
    const error = {
      message: "unexpected status 502 Bad Gateway: It is away., url: http://x/",
      codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 502 } },
    };
    const { talk } = open(on("turn/start", (peer) => endTurn(peer, "failed", error)));
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({
      ...{ status: "failed", text: "", error: "It is away." },
      transient: true,
    });
  });

  test("whose program ends meanwhile fails with how it ended and what it said", async () => {
    const { talk } = open(
      on("turn/start", (peer) => peer.end({ code: null, signal: "SIGKILL", stderr: "oh\u202e no\n" })),
    );
    await talk.begin(null);
    const error = "Codex was ended by SIGKILL before its turn was over. It said: oh‹U+202E› no";
    expect(await talk.turn("Go.")).toEqual({ status: "failed", text: "", error });
    expect(await talk.turn("Go on.")).toEqual({ status: "failed", text: "", error });
    await talk.interrupt();
  });

  test("ends with what could not be told where that is so", async () => {
    const { server, told, talk } = open();
    await talk.begin(null);
    const end = talk.turn("Go.");
    const push = told.push.bind(told);
    told.push = () => {
      throw new Error("The spool is full.");
    };
    await until(() => methods(server.sent).includes("turn/start"));
    say(server, "Hello.");
    await expect(end).rejects.toThrow("The spool is full.");
    told.push = push;
  });

  test("probe: is not ended by the end of another one", async () => {
    const { talk } = open(
      on("turn/start", (peer) => {
        endTurn(peer, "failed", { message: "Not this one." }, "turn-0");
        endTurn(peer, "completed");
      }),
    );
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({ status: "completed", text: "" });
  });
});

describe("what is said into a turn", () => {
  test("is read once Codex tells it back by the name it was given", async () => {
    const { server, talk } = open(on("turn/steer", echo));
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
    const { server, told, talk } = open(on("turn/steer", echo));
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
      const { talk } = open(on("turn/steer", end));
      await talk.begin(null);
      const turn = talk.turn("Go.");
      await expect(talk.steer("Rather left.")).rejects.toMatchObject({ code: "conflict" });
      await turn;
    }
  });

  test("that Codex refuses was too late", async () => {
    const { "turn/steer": _none, ...answers } = ANSWERS;
    const { server, talk } = open({
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
    const { server, talk } = open(
      on("turn/steer", (peer) => echo(peer, { params: { clientUserMessageId: "forged" } })),
    );
    await talk.begin(null);
    const turn = talk.turn("Go.");
    const steered = talk.steer("Rather left.");
    steered.catch(() => undefined);
    await until(() => methods(server.sent).includes("turn/steer"));
    endTurn(server, "completed");
    await expect(steered).rejects.toMatchObject({ code: "conflict" });
    await turn;
  });
});

describe("a turn that is to end", () => {
  test("ends as interrupted", async () => {
    const { server, talk } = open(on("turn/interrupt", (peer) => endTurn(peer, "interrupted")));
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
    const { server, talk } = open({ answers, clock: impatient });
    await talk.begin(null);
    const end = talk.turn("Go.");
    await talk.interrupt();
    expect(await end).toMatchObject({ status: "failed", error: /^Codex was ended by SIGKILL/ });
    expect(server.stops).toBe(1);
  });

  test("where none is under way needs nothing", async () => {
    const { server, talk } = open();
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
    const { server, asked, talk } = open({ ask: () => wait.promise, ...on("turn/start", request) });
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
    const { server, told, talk } = open({
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
    const { server, told, talk } = open(
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
