// The recipe driver on a repository of a test's own making, in a real sandbox.
import { mkdirSync, readFileSync } from "node:fs";
import { systemClock } from "#lib/clock.ts";
import { NEVER_ANCHORS } from "#lib/protocol/anchoring.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { type AgentAssignment, Summary } from "#lib/protocol/schema.ts";
import { NEVER_ASKS } from "#lib/protocol/steering.ts";
import type { DriverResult } from "#runner/drivers/port.ts";
import { recipe } from "#runner/drivers/recipe/driver.ts";
import { commitFiles, createRepository, type FileTree, playGit } from "./git/author.ts";
import type { TestWorkshop } from "./git/workshop.ts";
import { NODE_PLAN, SUM, TEST_LIMITS } from "./harness-scene.ts";

export interface RecipeChoices {
  /** Host path of a bare repository or a .git folder. */
  readonly repository: string;
  readonly base: string;
  readonly test?: Partial<AgentAssignment["test"]>;
  readonly maxHistory?: number;
  readonly signal?: AbortSignal;
  /** Answers that preparation is over. */
  readonly onPrepared?: () => Promise<void>;
  /** What the charter lets it hand in beside its patch. */
  readonly artefacts?: AgentAssignment["artefacts"];
  /** Called with each event as it comes. */
  readonly onEvent?: (event: NewEvent) => void;
}

export interface RecipeRun {
  readonly result: DriverResult;
  readonly events: readonly NewEvent[];
  /** How often the driver said that preparation is over, and after how many commands. */
  readonly prepared: readonly number[];
  /** By path. */
  readonly handed: ReadonlyMap<string, Buffer>;
}

export async function runRecipe(workshop: TestWorkshop, choices: RecipeChoices): Promise<RecipeRun> {
  const {
    repository,
    base,
    test,
    maxHistory = 100,
    signal = new AbortController().signal,
    onEvent,
    onPrepared,
    artefacts,
  } = choices;
  const scratch = workshop.fresh("scratch");
  mkdirSync(scratch);
  const events: NewEvent[] = [];
  const prepared: number[] = [];
  const assignment: AgentAssignment = {
    phase: "agent",
    leaseId: "lse_1",
    runId: "run_1",
    attempt: 1,
    title: "Keep it green",
    baseCommit: base,
    test: { ...NODE_PLAN, ...test },
    limits: TEST_LIMITS,
    maxSeconds: 600,
    pauseAfterSeconds: 60,
    heartbeatSeconds: 5,
    driver: "recipe",
    task: "",
    goal: "",
    allowedPaths: [],
    model: null,
    maxHistory,
    resume: null,
    review: null,
    asks: NEVER_ASKS,
    decided: [],
    anchor: NEVER_ANCHORS,
    ...(artefacts ? { artefacts } : {}),
  };
  const handed = new Map<string, Buffer>();
  const result = await recipe.run({
    assignment,
    workspace: { repository, scratch },
    sandbox: workshop.sandbox,
    clock: systemClock,
    model: null,
    signal,
    async emit(event) {
      events.push(NewEvent.parse(event));
      onEvent?.(event);
    },
    async handInArtefact(file, path) {
      handed.set(path, readFileSync(file));
      return `art_${handed.size}`;
    },
    async prepared() {
      prepared.push(ofKind(events, "command_finished").length);
      await onPrepared?.();
    },
  });
  if ("summary" in result) Summary.parse(result.summary);
  return { result, events, prepared, handed };
}

/** Bodies of the events of one kind. */
export function ofKind<K extends NewEvent["kind"]>(events: readonly NewEvent[], kind: K) {
  return events.flatMap((event) =>
    event.kind === kind ? [event.body as Extract<NewEvent, { kind: K }>["body"]] : [],
  );
}

/** The summary of a run that did not fail. */
export function summaryOf({ result }: RecipeRun): Summary {
  if (!("summary" in result)) throw new Error(JSON.stringify(result));
  return result.summary;
}

export type Change = readonly [message: string, files: FileTree];

/** Runs the recipe at the head of a history that begins with the sum module. `commits` are those of the changes. */
export async function repairHistory(
  workshop: TestWorkshop,
  changes: readonly Change[],
  choices: Partial<RecipeChoices> = {},
) {
  const { path: work } = createRepository(workshop.fresh("work"), SUM);
  const commits = changes.map(([message, files]) => commitFiles(work, files, message));
  const base = playGit(work, ["rev-parse", "HEAD"]);
  const run = await runRecipe(workshop, { repository: `${work}/.git`, base, ...choices });
  return { run, work, commits };
}

/** The sum module with another body. */
export const sum = (body: string): FileTree => ({ "src/sum.js": `export const sum = (a, b) => ${body};\n` });

/** A test file of Node's runner. */
export const suite = (name: string, body: string): FileTree => ({
  [`test/${name}.test.js`]: `import assert from "node:assert/strict";\nimport { test } from "node:test";\n${body}\n`,
});

/** A change that no test looks at. */
export const note = (number: number): Change => [`Note ${number}`, { "notes.txt": `${number}\n` }];
