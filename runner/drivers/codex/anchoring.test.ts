// The real, pinned Codex re-anchored in the middle of a turn that lasts as long as the run.
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { runAgent } from "#lib/testing/agents/agent-run.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { codex } from "./driver.ts";

let workshop: TestWorkshop;
let agents: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ agents } = await installedCodex(workshop.sandbox));
});
afterAll(() => workshop.close());

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 30_000 } });

test("an anchor waits for a command and is read when that is over: no answer of the model is broken off", async () => {
  const { repository, base } = openHarnessScene(workshop);
  const measured = Promise.withResolvers<void>();
  const play = scriptedModel([
    { items: [shell("echo 'export {}' >src/new.js")] },
    { items: [{ say: "I go on. " }, shell("sleep 2; echo two")] },
    { items: [{ say: "Done." }] },
  ]);
  let asked = 0;
  const { result, events, requests } = await runAgent(workshop, {
    driver: codex({ agents, clock: systemClock }),
    ...{ repository: `${repository}/.git`, base, changes: { anchor: { turns: 1, minutes: 0, tokens: 0 } } },
    // The second answer comes when the anchor after the first is made, and waits for a command.
    answer: async (request, response) => {
      if (++asked === 2) await measured.promise;
      await play(request, response);
    },
    onEvent: ({ kind, body }) => {
      if (kind === "tests_reported" && body.tree !== "base") measured.resolve();
    },
  });
  expect(result).toMatchObject({ outcome: "patch" });
  expect(ofKind(events, "prompt_sent").map(({ turn, origin }) => [turn, origin])).toEqual([
    [1, "goal"],
    [1, "anchor"],
  ]);
  expect(ofKind(events, "item_closed").map(({ status }) => status)).not.toContain("aborted");
  expect(ofKind(events, "turn_ended")).toEqual([{ turn: 1, status: "completed" }]);
  expect(requests).toHaveLength(3);
  expect(requests[2]?.body.toString("utf8")).toMatch(/I go on.*Stop for a moment\./s);
});
