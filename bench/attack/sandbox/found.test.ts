// A slice of the attack in a real run: an agent, played by a script, tries to get out. Its sandbox stops it, its runner
// tells what it did, the log holds that, and the monitor opens a finding for each.
import { afterAll, beforeAll, expect, test } from "vitest";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { type AgentRun, runAgent } from "#lib/testing/agents/agent-run.ts";
import { findingScene } from "#lib/testing/finding-scene.ts";
import { createRepository } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { createOpenai } from "#runner/drivers/openai/driver.ts";
import { createRandom } from "../random.ts";
import { triedByAgents } from "./tried.ts";

const MARKER = `${70_000_000 + process.pid}.125`;
const SEED = 20_261_123;
const SLICE = 9;
const BATCH = 100;

const scene = await findingScene();
let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

/** Always the same ones: what a run can go on after, in the order of the seed. */
function slice() {
  const random = createRandom(SEED);
  const all = triedByAgents(MARKER).filter(({ isDeadly }) => !isDeadly);
  return Array.from({ length: SLICE }, () => all.splice(random.below(all.length), 1)).flat();
}

const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: 20 } }],
});

async function attack(lines: readonly string[]): Promise<AgentRun> {
  const { path, head } = createRepository(workshop.fresh("attacked"), SUM);
  const script = [...lines.map(shell), { items: [{ say: "I could not get out." }] }];
  return runAgent(workshop, {
    driver: createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }),
    ...{ repository: `${path}/.git`, base: head, model: "model-1" },
    answer: scriptedModel(script),
  });
}

/** As the runner sends them: in batches. */
async function recorded(events: readonly NewEvent[]): Promise<string> {
  const runId = await scene.launched();
  for (let at = 0; at < events.length; at += BATCH)
    await scene.append(runId, ...events.slice(at, at + BATCH));
  return runId;
}

test("what an agent tries in its run is stopped, and each of it is a finding", async () => {
  const tried = slice();
  const run = await attack(tried.map(({ line }) => line));
  expect(run.result.outcome).not.toBe("failed");
  const output = run.events
    .flatMap((event) => (event.kind === "command_output" ? [event.body.text] : []))
    .join("");
  expect(output).not.toMatch(/phr_[A-Za-z0-9_-]{43}/);
  const runId = await recorded(run.events);
  await scene.watched();
  const found = new Set((await listFindingsOfRun(scene.security, runId)).map(({ rule }) => rule.id));
  const unseen = tried.filter((each) => !each.found.some((rule) => found.has(rule))).map(({ name }) => name);
  expect(unseen).toEqual([]);
});
