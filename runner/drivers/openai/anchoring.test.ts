// The loop re-anchored, in a real sandbox with a scripted model: what it is told is what the harness measured.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import { createTestInbox, runAgent } from "#lib/testing/agents/agent-run.ts";
import { createRepository } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { createOpenai } from "./driver.ts";

let workshop: TestWorkshop;
let repository: string;
let base: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  const { path, head } = createRepository(workshop.fresh("sum"), SUM);
  [repository, base] = [`${path}/.git`, head];
});
afterAll(() => workshop.close());

const driver = () => createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid });
const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: null } }],
});
const says = (say: string): ScriptedTurn => ({ items: [{ say }] });
const BREAKS = "echo 'export const sum = () => 1;' >src/sum.js";

describe("an agent", () => {
  test("is told before its next turn what holds, as the harness measured it", async () => {
    const inbox = createTestInbox();
    let isAsked = false;
    const onEvent = ({ kind }: NewEvent) => {
      if (kind !== "command_output" || isAsked) return;
      isAsked = true;
      inbox.push({ kind: "message", message: "msg_1", mode: "queue", origin: "steer", text: "Go on." });
    };
    const script = [
      shell(`${BREAKS}; echo broken; sleep 1`),
      says("PLAN repair the sum\nASSUME file src/sum.js exists\nASSUME test adds passes"),
      says("Done."),
    ];
    const anchor = { turns: 2, minutes: 0, tokens: 0 };
    const run = await runAgent(workshop, {
      ...{ driver: driver(), repository, base, answer: scriptedModel(script), inbox, onEvent },
      ...{ changes: { anchor }, microsLeft: 1_230_000 },
    });
    expect(run.result.outcome).toBe("patch");
    const prompts = ofKind(run.events, "prompt_sent");
    expect(prompts.map(({ turn, origin }) => [turn, origin])).toEqual([
      [1, "goal"],
      [2, "anchor"],
      [2, "steer"],
    ]);
    expect(prompts[0]?.text).toContain("ASSUME file PATH exists");
    for (const part of [
      "# Goal\nMake the failing test pass.",
      "- repair the sum",
      "1 pass, 1 fail.\n- On the base: 2 pass, 0 fail.",
      "test/sum.test.js › adds",
      "Since you were told last, 1 file changed:\n  - src/sum.js",
      "Budget left: $1.23.",
      "holds: file src/sum.js exists",
      "DOES NOT HOLD: test adds passes (0 passed, 1 failed)",
    ])
      expect(prompts[1]?.text).toContain(part);
    expect(ofKind(run.events, "assumption_checked").map(({ holds }) => holds)).toEqual([true, false]);
    expect(JSON.stringify(JSON.parse(String(run.requests.at(-1)?.body)).input)).toContain("DOES NOT HOLD");
  });

  test("is told in the middle of a turn that lasts as long as the run, after so many answers", async () => {
    const script = [shell(`${BREAKS}; echo one`), shell("sleep 1; echo two"), says("Done.")];
    const anchor = { turns: 1, minutes: 0, tokens: 0 };
    const measured = Promise.withResolvers<void>();
    const play = scriptedModel(script);
    let asked = 0;
    const run = await runAgent(workshop, {
      ...{ driver: driver(), repository, base, changes: { anchor } },
      // The second answer comes when the anchor after the first is made.
      answer: async (request, response) => {
        if (++asked === 2) await measured.promise;
        await play(request, response);
      },
      onEvent: ({ kind, body }) => {
        if (kind === "tests_reported" && body.tree !== "base") measured.resolve();
      },
    });
    expect(run.result.outcome).toBe("patch");
    const anchors = ofKind(run.events, "prompt_sent").filter(({ origin }) => origin === "anchor");
    expect(anchors.length).toBeGreaterThan(0);
    expect(anchors.every(({ turn }) => turn === 1)).toBe(true);
    expect(ofKind(run.events, "turn_ended")).toHaveLength(1);
    expect(JSON.stringify(JSON.parse(String(run.requests.at(-1)?.body)).input)).toContain(
      "Stop for a moment.",
    );
  });
});
