import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import {
  ANSWERS,
  type AppServerChoices,
  createAppServer,
  createTestRecord,
  type SentMessage,
  type TestAppServer,
} from "#lib/testing/agents/app-server.ts";
import { until } from "#lib/testing/runner/parts.ts";
import { converse } from "./conversation.ts";

function open(choices: AppServerChoices = {}) {
  const server = createAppServer(choices);
  const { record, told } = createTestRecord();
  const abort = new AbortController();
  const conversation = { agent: server.agent, record, prompt: "Fix it.", signal: abort.signal };
  const options = { clock: systemClock, tree: "/work/tree" };
  return { server, told, abort, ending: converse(conversation, options) };
}

const inTurn = { threadId: "thread-1", turnId: "turn-1" };

/** Does something as soon as the first prompt was sent. */
const onPrompt = (then: (server: TestAppServer) => void): AppServerChoices => ({
  onSent: ({ method }, server) => {
    if (method === "turn/start") then(server);
  },
});

const endTurn = (server: TestAppServer, status: string, message?: string) =>
  server.say({
    method: "turn/completed",
    params: { threadId: "thread-1", turn: { id: "turn-1", status, error: message ? { message } : null } },
  });

const methods = (sent: readonly SentMessage[]) => sent.map(({ method }) => method);

describe("a session", () => {
  test("is one turn, whose thread is named before the prompt is sent", async () => {
    const { server, told, ending } = open(
      onPrompt((peer) => {
        const item = { type: "agentMessage", id: "m", text: "Fixed." };
        peer.say({ method: "item/completed", params: { ...inTurn, item } });
        endTurn(peer, "completed");
      }),
    );
    expect(await ending).toEqual({ outcome: "done", text: "Fixed." });
    expect(methods(server.sent)).toEqual(["initialize", "initialized", "thread/start", "turn/start"]);
    expect(server.sent[2]?.params).toMatchObject({ approvalPolicy: "never", sandbox: "danger-full-access" });
    expect(server.sent[3]?.params).toMatchObject({ input: [{ type: "text", text: "Fix it." }] });
    expect(told).toEqual([
      ["bound", "codex", "thread-1"],
      ["startTurn"],
      ["prompt", "goal", "Fix it."],
      ["open", "m", "message", "Message"],
      ["delta", "m", "Fixed."],
      ["close", "m", "completed", false],
      ["endTurn", "completed", undefined],
    ]);
  });

  test("keeps the lines that nobody understands", async () => {
    const { told, ending } = open(
      onPrompt((peer) => {
        peer.say("thread panicked");
        endTurn(peer, "completed");
      }),
    );
    await ending;
    expect(told).toContainEqual(["line", "stdout", "thread panicked"]);
  });

  test("that the gateway ended fails with the gateway's own sentence", async () => {
    const sentence = "The run's budget of $2.00 is spent.";
    const { told, ending } = open(
      onPrompt((peer) => endTurn(peer, "failed", JSON.stringify({ error: { message: sentence } }))),
    );
    expect(await ending).toEqual({ outcome: "failed", reason: sentence });
    expect(told.at(-1)).toEqual(["endTurn", "failed", sentence]);
  });

  test("that Codex broke off fails and says so", async () => {
    const { ending } = open(onPrompt((peer) => endTurn(peer, "interrupted")));
    expect(await ending).toMatchObject({ outcome: "failed", reason: /broke off its turn/ });
  });

  test("whose program ends before the turn fails with how it ended and what it said", async () => {
    const { told, ending } = open(
      onPrompt((peer) => peer.end({ code: null, signal: "SIGKILL", stderr: "oh\u202e no\n" })),
    );
    const reason = "Codex was ended by SIGKILL before its turn was over. It said: oh‹U+202E› no";
    expect(await ending).toEqual({ outcome: "failed", reason });
    expect(told.at(-1)).toEqual(["endTurn", "failed", reason]);
  });

  test("whose program does not even start fails in the same way", async () => {
    const { ending } = open({
      answers: {},
      onSent: (_message, peer) => peer.end({ code: 1, stderr: "unknown configuration field" }),
    });
    expect(await ending).toEqual({
      outcome: "failed",
      reason: "Codex ended with code 1 before its turn was over. It said: unknown configuration field",
    });
  });

  test("with another version of Codex is refused", async () => {
    const { ending } = open({
      answers: { ...ANSWERS, initialize: { userAgent: "pilothouse_runner/0.170.0 (x)" } },
    });
    await expect(ending).rejects.toThrow(
      /^This is not Codex 0\.169\.0, which is the version that is known here/,
    );
  });

  test("probe: that would ask for approval or keep a sandbox of its own is refused", async () => {
    const thread = { ...(ANSWERS["thread/start"] as object), approvalPolicy: "on-request" };
    const { ending } = open({ answers: { ...ANSWERS, "thread/start": thread } });
    await expect(ending).rejects.toThrow(/answered thread\/start in a shape that is not known/);
  });
});

describe("a session that is to end", () => {
  test("interrupts its turn and closes it", async () => {
    const { server, told, abort, ending } = open({
      onSent: ({ method }, peer) => {
        if (method === "turn/start") queueMicrotask(() => peer.say({ method: "noted", params: {} }));
        if (method === "turn/interrupt") endTurn(peer, "interrupted");
      },
    });
    await until(() => told.at(-1)?.[0] === "line");
    abort.abort(new Error("The lease is over."));
    await expect(ending).rejects.toThrow("The lease is over.");
    expect(methods(server.sent).at(-1)).toBe("turn/interrupt");
    expect(told.at(-1)).toEqual(["endTurn", "interrupted"]);
  });

  test("does not wait for a Codex that no longer answers", async () => {
    const { "turn/interrupt": _none, ...answers } = ANSWERS;
    const { told, abort, ending } = open({
      answers,
      ...onPrompt(() => abort.abort(new Error("The lease is over."))),
    });
    await expect(ending).rejects.toThrow("The lease is over.");
    expect(["prompt", "endTurn"]).toContain(told.at(-1)?.[0]);
  });

  test("before it began sends nothing", async () => {
    const { abort, ending } = open({ answers: {} });
    abort.abort(new Error("The lease is over."));
    await expect(ending).rejects.toThrow("The lease is over.");
  });
});
