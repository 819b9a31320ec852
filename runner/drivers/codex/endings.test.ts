// How a session with the real, pinned Codex ends when it does not end well, and how one goes on in another process.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { letOut, runAgent } from "#lib/testing/agents/agent-run.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import type { ModelRequest } from "#lib/testing/model/gateway-stand-in.ts";
import { openRelay } from "#lib/testing/model/relay-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openSession } from "#lib/testing/model/session-scene.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { RELAY_PORT, SANDBOX_KEY } from "#runner/relay/relay.ts";
import { codex, codexProgram } from "./driver.ts";
import { openRpc } from "./rpc.ts";
import { initialize, resumeThread, startThread, startTurn } from "./thread.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const play = (script: ScriptedTurn[], choices: Partial<Parameters<typeof runAgent>[1]> = {}) => {
  const { repository, base } = openHarnessScene(workshop);
  return runAgent(workshop, {
    driver: codex({ agents, clock: systemClock }),
    repository: `${repository}/.git`,
    base,
    answer: scriptedModel(script),
    ...choices,
  });
};

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 10_000 } });

describe("a run", () => {
  test("whose budget is spent ends at once with the gateway's sentence", async () => {
    const message = "The run's budget of $2.00 is spent: nothing more is sent to a model.";
    const body = { error: { message, type: "invalid_request_error", code: "budget_spent" } };
    const { result, events, requests } = await play([
      { items: [shell("node --test")] },
      { status: 400, body },
    ]);
    expect(result).toEqual({ outcome: "failed", reason: message });
    expect(requests).toHaveLength(2);
    expect(ofKind(events, "turn_ended")).toEqual([{ turn: 1, status: "failed", error: message }]);
  });

  test("that ends in the middle of an answer leaves nothing open and nothing running", async () => {
    const over = new AbortController();
    const seen: string[] = [];
    const running = play([{ items: [{ say: "Thinking " }], hang: true }], {
      signal: over.signal,
      onEvent: ({ kind }) => {
        seen.push(kind);
        if (kind === "item_delta") over.abort(new Error("The lease is over."));
      },
    });
    await expect(running).rejects.toThrow("The lease is over.");
    const count = (kind: string) => seen.filter((each) => each === kind).length;
    expect([count("item_opened"), count("item_closed"), count("turn_ended")]).toEqual([1, 1, 1]);
  });

  test("whose Codex is killed says so", async () => {
    const { result, events } = await play([{ items: [shell("kill -9 $PPID")] }]);
    expect(result).toEqual({
      outcome: "failed",
      reason: expect.stringMatching(/^Codex was ended by SIGKILL before its turn was over\./),
    });
    expect(ofKind(events, "item_closed")).toHaveLength(ofKind(events, "item_opened").length);
  });

  test("by a model that writes programs for its tools has its commands told as well", async () => {
    const program = 'const r = await tools.exec_command({ cmd: "echo from inside" }); text(r.output);';
    const { result, events, requests } = await play(
      [{ items: [{ tool: "exec", input: program }] }, { items: [{ say: "Done." }] }],
      { model: "gpt-6-sol" },
    );
    expect(result).toMatchObject({ outcome: "no_change" });
    expect(ofKind(events, "command_started").at(-1)?.argv.at(-1)).toBe("echo from inside");
    expect(ofKind(events, "command_output").at(-1)?.text).toBe("from inside\n");
    expect(requests[1]?.body.toString("utf8")).toContain("from inside");
    for (const request of requests) expect(() => letOut(request)).not.toThrow();
  });
});

describe("a thread", () => {
  const inputOf = (request: ModelRequest | undefined): { type: string; role?: string }[] =>
    JSON.parse(request?.body.toString("utf8") ?? "{}").input;

  test("is taken up by another process after kill -9, with all that was said", async () => {
    const { gateway, relay } = await openRelay(
      scriptedModel([
        { items: [{ say: "The number is 42." }, shell("kill -9 $PPID")] },
        { items: [{ say: "Going on." }] },
      ]),
    );
    const model = { model: "ph-main", api: "responses" as const, key: SANDBOX_KEY };
    const program = await codexProgram(agents, { ...model, baseUrl: `http://127.0.0.1:${RELAY_PORT}/v1` });
    const twice = `"$@"; echo '{"method":"restarted"}'; exec "$@"`;
    const { session } = await openSession(workshop, "", {
      relay,
      program: { ...program, command: ["sh", "-c", twice, "twice", ...program.command] },
    });
    const restarted = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const rpc = openRpc({
      lines: session.lines,
      send: (line) => session.send(line),
      clock: systemClock,
      async onNotification(method, params) {
        if (method === "restarted") restarted.resolve();
        if (method === "turn/completed") ended.resolve(params);
        return true;
      },
      onRequest: () => undefined,
      onStray: async () => undefined,
    });
    const choices = { tree: "/work/tree", asks: false };
    await initialize(rpc);
    const thread = await startThread(rpc, choices);
    await startTurn(rpc, thread, "Remember the number.");
    await restarted.promise;
    await initialize(rpc);
    await resumeThread(rpc, thread, choices);
    await startTurn(rpc, thread, "What was the number?");
    expect(await ended.promise).toMatchObject({ threadId: thread, turn: { status: "completed" } });
    const text = JSON.stringify(inputOf(gateway.requests[1]));
    for (const said of ["Remember the number.", "The number is 42.", "kill -9 $PPID", "What was the number?"])
      expect(text).toContain(said);
    expect(gateway.requests).toHaveLength(2);
    expect(await session.stop()).toMatchObject({ code: 0 });
    await session.close();
  });
});
