// The own loop in a real sandbox on a small repository, with a scripted model. To be called at the top of a test file.
import { afterAll, beforeAll } from "vitest";
import { createOpenai } from "#runner/drivers/openai/driver.ts";
import { createRepository } from "../git/author.ts";
import { openWorkshop, type TestWorkshop } from "../git/workshop.ts";
import { SUM } from "../harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "../model/responses-script.ts";
import { type AgentRun, type AgentRunChoices, runAgent } from "./agent-run.ts";

export interface LoopScene {
  play(script: readonly ScriptedTurn[], choices?: Partial<AgentRunChoices>): Promise<AgentRun>;
  /** Commit that runs begin on. */
  base(): string;
}

export function loopScene(): LoopScene {
  let workshop: TestWorkshop;
  let repository: string;
  let base: string;
  beforeAll(async () => {
    workshop = await openWorkshop();
    const { path, head } = createRepository(workshop.fresh("sum"), SUM);
    [repository, base] = [`${path}/.git`, head];
  });
  afterAll(() => workshop.close());
  return {
    base: () => base,
    play: (script, choices = {}) =>
      runAgent(workshop, {
        driver: createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }),
        ...{ repository, base, answer: scriptedModel(script) },
        ...choices,
      }),
  };
}

export const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: null } }],
});
export const done: ScriptedTurn = { items: [{ say: "Done." }] };
