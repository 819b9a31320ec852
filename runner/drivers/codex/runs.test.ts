// Whole runs of the real, pinned Codex, with people who speak to it and ways that break.
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { createTestInbox, runAgent } from "#lib/testing/agents/agent-run.ts";
import { ASKED_COMMANDS, ASKS, allowingOne, SETTLED } from "#lib/testing/agents/asked-run.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import type { ModelAnswer } from "#lib/testing/model/gateway-stand-in.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { codex } from "./driver.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const play = (
  script: ScriptedTurn[] | ModelAnswer,
  choices: Partial<Parameters<typeof runAgent>[1]> = {},
) => {
  const { repository, base } = openHarnessScene(workshop);
  return runAgent(workshop, {
    driver: codex({ agents, clock: systemClock }),
    repository: `${repository}/.git`,
    base,
    answer: typeof script === "function" ? script : scriptedModel(script),
    ...choices,
  });
};

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 30_000 } });
const say = (text: string, mode: "now" | "queue" | "interrupt") =>
  ({ kind: "message", message: "msg_1", mode, origin: "steer", text }) as const;

describe("a run of Codex", () => {
  test("is steered while its model writes: the message is delivered, and stands among the prompts", async () => {
    const inbox = createTestInbox();
    let isSaid = false;
    const { result, events, requests } = await play(
      [{ items: [{ saying: "The long way is to " }], hang: true }, { items: [{ say: "Short, then." }] }],
      {
        inbox,
        onEvent: ({ kind }) => {
          if (isSaid || kind !== "item_delta") return;
          isSaid = true;
          inbox.push(say("Be short.", "now"));
        },
      },
    );
    expect(result).toMatchObject({ outcome: "no_change" });
    expect(ofKind(events, "message_delivered")).toEqual([{ message: "msg_1", effect: "preempt" }]);
    expect(ofKind(events, "prompt_sent").map(({ origin }) => origin)).toEqual(["goal", "steer"]);
    expect(ofKind(events, "turn_ended")).toEqual([{ turn: 1, status: "completed" }]);
    expect(requests[1]?.body.toString("utf8")).toContain("Be short.");
  });

  test("asks a person about what its charter does not list, and nobody about what it does", async () => {
    const inbox = createTestInbox();
    const { result, events } = await play(
      [...ASKED_COMMANDS.map((command) => ({ items: [shell(command)] })), { items: [{ say: "Done." }] }],
      { inbox, changes: { asks: ASKS }, onEvent: allowingOne(inbox) },
    );
    expect(result).toMatchObject({ outcome: "patch" });
    expect(ofKind(events, "file_changed").map(({ path }) => path)).toEqual(["src/new.js"]);
    const settled = ofKind(events, "ask_settled").map(({ decision, by }) => [decision, by]);
    expect(settled).toEqual(SETTLED);
    const opened = ofKind(events, "ask_opened");
    expect(opened.map(({ title }) => title)).toEqual(["echo 'export {}' > src/new.js", "touch src/other.js"]);
    expect(opened[0]?.cwd).toBe("/work/tree");
    const answers = ofKind(events, "prompt_sent").filter(({ origin }) => origin === "answer");
    expect(answers.map(({ text }) => text)).toEqual([
      expect.stringMatching(/rm -rf src\nThe reason: The charter declines it/),
      expect.stringMatching(/touch src\/other\.js\nThe reason: Enough files\.$/),
    ]);
    expect(ofKind(events, "item_closed").filter(({ status }) => status === "declined")).toHaveLength(2);
  });

  test("whose program is killed goes on from what was kept, and knows what it did", async () => {
    const inbox = createTestInbox();
    let isSaid = false;
    const { result, events, requests } = await play(
      [
        { items: [shell("echo 'export {}' > src/new.js")] },
        { items: [{ say: "The first half is done." }] },
        { items: [shell("echo half > src/half.js; kill -9 $PPID")] },
        { items: [{ say: "All of it is done." }] },
      ],
      {
        inbox,
        onEvent: ({ kind }) => {
          if (isSaid || kind !== "item_opened") return;
          isSaid = true;
          inbox.push(say("And now the rest.", "queue"));
        },
      },
    );
    expect(result).toMatchObject({ outcome: "patch", summary: { text: "All of it is done." } });
    expect(ofKind(events, "file_changed").map(({ path }) => path)).toEqual(["src/half.js", "src/new.js"]);
    const names = ofKind(events, "session_bound").map(({ native }) => native);
    expect(names).toEqual([names[0], names[0]]);
    const statuses = ofKind(events, "turn_ended").map(({ status }) => status);
    expect(statuses).toEqual(["completed", "failed", "completed"]);
    const last = requests.at(-1)?.body.toString("utf8") ?? "";
    for (const said of ["The first half is done.", "Your program ended in the middle of the last turn"])
      expect(last).toContain(said);
  });

  test("goes on by itself once a gateway that was away is back, and once a cut stream is", async () => {
    let calls = 0;
    const script = scriptedModel([
      { items: [{ saying: "Half of " }], cut: true },
      { items: [{ say: "Done." }] },
    ]);
    const away = (response: ServerResponse) => {
      response.writeHead(503, { "content-type": "application/json" });
      response.end('{"error":{"message":"The gateway is being restarted.","code":"unavailable"}}');
    };
    // Codex itself tries each call nine times before its turn fails.
    const { result, events } = await play((request, response) => {
      calls += 1;
      return calls <= 9 ? away(response) : script(request, response);
    });
    expect(result).toMatchObject({ outcome: "no_change", summary: { text: "Done." } });
    expect(ofKind(events, "turn_ended")).toEqual([
      { turn: 1, status: "failed", error: "The gateway is being restarted." },
      { turn: 2, status: "completed" },
    ]);
  });

  test("that is refused for good ends at once, and is not tried again", async () => {
    const message = "The run was stopped by a person.";
    const { result, requests } = await play([{ status: 400, body: { error: { message, code: "stopped" } } }]);
    expect(result).toEqual({ outcome: "failed", reason: message });
    expect(requests).toHaveLength(1);
  });
});
