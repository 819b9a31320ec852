// Whole runs of the real Claude, with people who speak to it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { createTestInbox, runAgent } from "#lib/testing/agents/agent-run.ts";
import { ASKED_COMMANDS, ASKS, allowingOne, SETTLED } from "#lib/testing/agents/asked-run.ts";
import { installedClaude } from "#lib/testing/agents/installed-claude.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import { type ScriptedMessage, scriptedMessages } from "#lib/testing/model/messages-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { createClaude } from "../driver.ts";

const bash = (command: string) => ({ use: "Bash", input: { command } });

describe("a run of Claude", () => {
  let workshop: TestWorkshop;
  let agents: string;
  beforeAll(async () => {
    workshop = await openWorkshop();
    ({ agents } = await installedClaude(workshop.sandbox));
  });
  afterAll(() => workshop.close());

  const play = (script: ScriptedMessage[], choices: Partial<Parameters<typeof runAgent>[1]> = {}) => {
    const { repository, base } = openHarnessScene(workshop);
    const { scratch, sandbox } = workshop;
    return runAgent(workshop, {
      driver: createClaude({ agents, stateFolder: scratch, uid: sandbox.uid, clock: systemClock }),
      api: "messages",
      model: "claude-opus-4-5",
      repository: `${repository}/.git`,
      base,
      answer: scriptedMessages(script),
      ...choices,
    });
  };

  test("is steered while a command runs: read at its end, in the same turn", async () => {
    const inbox = createTestInbox();
    const { result, events, requests } = await play(
      [{ blocks: [bash("sleep 2; echo slept")] }, { blocks: [{ say: "Short, then." }] }],
      {
        inbox,
        onEvent: ({ kind, body }) => {
          if (kind !== "item_opened" || !("type" in body) || body.type !== "command") return;
          inbox.push({ kind: "message", message: "msg_1", mode: "now", origin: "steer", text: "Be short." });
        },
      },
    );
    expect(result).toMatchObject({ outcome: "no_change" });
    expect(ofKind(events, "message_delivered")).toEqual([{ message: "msg_1", effect: "tool_boundary" }]);
    expect(ofKind(events, "turn_ended")).toEqual([{ turn: 1, status: "completed" }]);
    expect(requests[1]?.body.toString("utf8")).toContain("Be short.");
  });

  test("asks a person about what its charter does not list, and nobody about what it does", async () => {
    const inbox = createTestInbox();
    const { result, events } = await play(
      [...ASKED_COMMANDS.map((command) => ({ blocks: [bash(command)] })), { blocks: [{ say: "Done." }] }],
      { inbox, changes: { asks: ASKS }, onEvent: allowingOne(inbox) },
    );
    expect(result).toMatchObject({ outcome: "patch" });
    expect(ofKind(events, "file_changed").map(({ path }) => path)).toEqual(["src/new.js"]);
    expect(ofKind(events, "ask_settled").map(({ decision, by }) => [decision, by])).toEqual(SETTLED);
    expect(ofKind(events, "item_closed").filter(({ status }) => status === "declined")).toHaveLength(2);
  });

  test("is paused in the middle, and goes on elsewhere with its tree and all that was said", async () => {
    const inbox = createTestInbox();
    const scene = openHarnessScene(workshop);
    const place = { repository: `${scene.repository}/.git`, base: scene.base };
    let commands = 0;
    const first = await play(
      [{ blocks: [bash("echo half > work.txt")] }, { blocks: [bash("sleep 20 && :")] }],
      {
        ...place,
        inbox,
        onEvent: ({ kind, body }) => {
          if (kind !== "item_opened" || !("type" in body) || body.type !== "command") return;
          commands += 1;
          if (commands === 2) inbox.push({ kind: "pause", why: "pause", reason: "Lunch." });
        },
      },
    );
    expect(first.result).toEqual({ outcome: "parked", why: "pause" });
    const [taken] = ofKind(first.events, "snapshot_taken").toReversed();
    const bytes = first.snapshots.get(taken?.blob ?? "");
    if (taken === undefined || bytes === undefined) throw new Error("There is no snapshot.");
    const { native, driver, turn, tree } = taken;
    const resume = { native, driver, turn, tree, sha256: "0".repeat(64), bytes: bytes.length };

    const again = await play([{ blocks: [bash("cat work.txt")] }, { blocks: [{ say: "Done." }] }], {
      ...place,
      resumed: bytes,
      changes: { resume, attempt: 2 },
    });
    expect(again.result.outcome).toBe("patch");
    expect(ofKind(again.events, "session_bound")).toMatchObject([{ driver: "claude", native }]);
    expect(again.requests[0]?.body.toString("utf8")).toContain("echo half > work.txt");
    expect(again.requests[1]?.body.toString("utf8")).toContain("half");
  });
});
