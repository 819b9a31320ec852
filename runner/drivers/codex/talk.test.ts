// A session from the driver's side: how it begins, and how its turns end.
import { describe, expect, test } from "vitest";
import { ANSWERS } from "#lib/testing/agents/app-server.ts";
import { endTurn, methods, on, openTestTalk, say, sentOf, THREAD } from "#lib/testing/agents/talk-scene.ts";
import { until } from "#lib/testing/runner/parts.ts";

describe("a session", () => {
  test("has a name before anything is said, and one thread for all its turns", async () => {
    const { server, told, talk } = openTestTalk(
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
    const quiet = openTestTalk();
    await quiet.talk.begin(null);
    expect(sentOf(quiet.server, "thread/start")?.params).toMatchObject({ approvalPolicy: "never" });
    const asking = openTestTalk({ ask: async () => ({ decision: "allowed", reason: "" }) });
    await asking.talk.begin(null);
    expect(sentOf(asking.server, "thread/start")?.params).toMatchObject({
      approvalPolicy: "untrusted",
      approvalsReviewer: "user",
      sandbox: "danger-full-access",
    });
  });

  test("that is taken up again is told its policies again", async () => {
    const { server, talk } = openTestTalk();
    expect(await talk.begin("thread-1")).toBe("thread-1");
    expect(sentOf(server, "thread/resume")?.params).toMatchObject({
      threadId: "thread-1",
      approvalPolicy: "never",
      sandbox: "danger-full-access",
    });
    expect(methods(server.sent)).not.toContain("thread/start");
  });

  test("keeps the lines that nobody understands", async () => {
    const { told, talk } = openTestTalk(
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
    const { talk } = openTestTalk({
      answers: {},
      onSent: (_message, peer) => peer.end({ code: 1, stderr: "unknown configuration field" }),
    });
    await expect(talk.begin(null)).rejects.toMatchObject({
      code: "refused",
      message: "Codex ended with code 1 before its turn was over. It said: unknown configuration field",
    });
  });

  test("with another version of Codex is refused", async () => {
    const { talk } = openTestTalk({
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
    const { talk } = openTestTalk({
      ask: async () => ({ decision: "allowed", reason: "" }),
      answers: { ...ANSWERS, "thread/start": thread },
    });
    await expect(talk.begin(null)).rejects.toThrow(sentence);
  });

  test("probe: that takes up another thread than the one asked for begins one of its own", async () => {
    const other = { ...THREAD, thread: { id: "thread-9" } };
    const { server, talk } = openTestTalk({ answers: { ...ANSWERS, "thread/resume": other } });
    expect(await talk.begin("thread-2")).toBe("thread-1");
    expect(methods(server.sent).slice(-2)).toEqual(["thread/resume", "thread/start"]);
  });
});

describe("a turn", () => {
  test("that the gateway ended fails with the gateway's own sentence, for good", async () => {
    const sentence = "The run's budget of $2.00 is spent.";
    const message = JSON.stringify({ error: { message: sentence } });
    const { talk } = openTestTalk(on("turn/start", (peer) => endTurn(peer, "failed", { message })));
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
    const { talk } = openTestTalk(on("turn/start", (peer) => endTurn(peer, "failed", error)));
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({
      ...{ status: "failed", text: "", error: "It is away." },
      transient: true,
    });
  });

  test("whose program ends meanwhile fails with how it ended and what it said", async () => {
    const { talk } = openTestTalk(
      on("turn/start", (peer) => peer.end({ code: null, signal: "SIGKILL", stderr: "oh\u202e no\n" })),
    );
    await talk.begin(null);
    const error = "Codex was ended by SIGKILL before its turn was over. It said: oh‹U+202E› no";
    expect(await talk.turn("Go.")).toEqual({ status: "failed", text: "", error });
    expect(await talk.turn("Go on.")).toEqual({ status: "failed", text: "", error });
    await talk.interrupt();
  });

  test("ends with what could not be told where that is so", async () => {
    const { server, told, talk } = openTestTalk();
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
    const { talk } = openTestTalk(
      on("turn/start", (peer) => {
        endTurn(peer, "failed", { message: "Not this one." }, "turn-0");
        endTurn(peer, "completed");
      }),
    );
    await talk.begin(null);
    expect(await talk.turn("Go.")).toEqual({ status: "completed", text: "" });
  });
});
