// The real Claude in a real sandbox, through the relay, with a model that follows a script.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readJson } from "#gateway/request/json.ts";
import { messagesRequest } from "#gateway/request/messages.ts";
import { systemClock } from "#lib/clock.ts";
import { runAgent } from "#lib/testing/agents/agent-run.ts";
import { installedClaude } from "#lib/testing/agents/installed-claude.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene, SUM } from "#lib/testing/harness-scene.ts";
import { scriptedMessages } from "#lib/testing/model/messages-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { createClaude } from "../driver.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const driverAt = (agents: string) =>
  createClaude({ agents, stateFolder: workshop.scratch, uid: workshop.sandbox.uid, clock: systemClock });

function scene() {
  const { repository, base } = openHarnessScene(workshop, {
    ...SUM,
    "src/sum.js": "export const sum = (a, b) => a - b;\n",
  });
  return { repository: `${repository}/.git`, base };
}

describe("Claude", () => {
  let agents: string;
  beforeAll(async () => {
    ({ agents } = await installedClaude(workshop.sandbox));
  });

  test("repairs a repository: each call goes through the gateway's rules, and all of it is told", async () => {
    const path = "/work/tree/src/sum.js";
    const run = await runAgent(workshop, {
      driver: driverAt(agents),
      ...scene(),
      api: "messages",
      model: "claude-opus-4-5",
      answer: scriptedMessages([
        {
          blocks: [
            { think: "I look first." },
            { use: "Bash", input: { command: "cat src/sum.js; id -u; ls /" } },
          ],
        },
        { blocks: [{ use: "Read", input: { file_path: path } }] },
        { blocks: [{ use: "Edit", input: { file_path: path, old_string: "a - b", new_string: "a + b" } }] },
        { blocks: [{ use: "Bash", input: { command: "exit 7" } }] },
        { blocks: [{ say: "It adds now. I did not run the tests." }] },
      ]),
    });
    expect(run.result).toMatchObject({ outcome: "patch" });
    for (const { body } of run.requests) messagesRequest(readJson(body).value, "", new Map());
    const kinds = ofKind(run.events, "item_opened").map(({ type }) => type);
    expect(kinds).toEqual(["reasoning", "command", "tool", "patch", "command", "message"]);
    const ends = ofKind(run.events, "command_finished").map(({ exit }) => exit);
    expect(ends.slice(-2)).toEqual([0, 7]);
    expect(ofKind(run.events, "file_changed")).toEqual([{ path: "src/sum.js", added: 1, removed: 1 }]);
    expect(ofKind(run.events, "relay_refused")).toEqual([]);
    expect(ofKind(run.events, "session_bound")).toMatchObject([{ driver: "claude" }]);
  });

  test("that has nothing left to spend stops after one request, with the gateway's sentence", async () => {
    const run = await runAgent(workshop, {
      driver: driverAt(agents),
      ...scene(),
      api: "messages",
      answer: scriptedMessages([
        {
          status: 402,
          body: { type: "error", error: { type: "billing_error", message: "The budget is spent." } },
        },
      ]),
    });
    expect(run.requests).toHaveLength(1);
    expect(run.result).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("The budget is spent."),
    });
  });
});
