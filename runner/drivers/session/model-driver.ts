// The work of every agent with a model, around what its program does: test the base, start the program beside a checkout,
// let it work, hand the work out, and hold what it says against what it did.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { judgeCommand } from "#lib/asks/rules.ts";
import { AppError } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { createHarness } from "#runner/harness/harness.ts";
import { idsOf } from "#runner/harness/reports/report.ts";
import type { AgentDriver, DriverCapabilities, DriverContext, DriverResult, ModelAccess } from "../port.ts";
import { createSteps, type Step } from "../steps.ts";
import { summarise } from "./claims.ts";
import type { Ending, OneTurn } from "./one-turn.ts";
import type { AgentProgram, AgentSession, Conversation, Talk } from "./port.ts";
import { firstPrompt } from "./prompt.ts";
import { createRecord, type FollowedRecord } from "./record.ts";
import { type WorkOptions, workInTurns } from "./turns/work.ts";

export type ModelDriver = TalkingDriver | (ProgramOf & OneTurnDriver);

interface ProgramOf {
  readonly name: string;
  readonly caps: DriverCapabilities;
  /** How the program is started. Throws `refused` where it is not there. */
  program(
    model: Pick<ModelAccess, "model" | "api" | "baseUrl" | "key">,
  ): Promise<AgentProgram> | AgentProgram;
}

export interface TalkingDriver extends ProgramOf {
  /** Folders inside the sandbox that a snapshot keeps besides the tree; below /work or /home/agent. */
  readonly keeps: readonly string[];
  open(conversation: Conversation): Talk;
}

export interface OneTurnDriver {
  /** Talks to it until the work is done. What it throws ends the run. */
  converse(conversation: OneTurn): Promise<Ending>;
}

export function modelDriver(driver: ModelDriver): AgentDriver {
  return {
    name: driver.name,
    caps: driver.caps,
    async run(context) {
      try {
        return await work(driver, context);
      } catch (error) {
        // What a repository, a program or a tool made impossible is a result; the lease's end and our faults are not.
        if (error instanceof AppError && error.code === "refused" && !context.signal.aborted)
          return failed(error.message);
        throw error;
      }
    },
  };
}

const failed = (reason: string): DriverResult => ({
  outcome: "failed",
  reason: reason.slice(0, 4000).toWellFormed(),
});

async function work(driver: ModelDriver, context: DriverContext): Promise<DriverResult> {
  const { assignment, model, emit } = context;
  if (model === null) return failed(`The agent ${driver.name} needs a model, and this run was given none.`);
  let last = 0;
  const nextCommand = context.workspace.nextCommand ?? (() => ++last);
  const step = createSteps(emit);
  const isResumed = assignment.resume !== null && model.resumed !== null;
  const base = isResumed ? null : await testBase(context, step, nextCommand);
  if (base !== null && base.problem !== null) return failed(base.problem);
  await context.prepared();

  const program = await driver.program(model);
  const handIn = (session: AgentSession, text: string, record: FollowedRecord) =>
    proposeWork(context, step, session, { text, record });
  const own = { context, model, program, base, nextCommand, step, handIn };
  if ("open" in driver) return workInTurns({ ...own, driver });
  return workInOneTurn(driver, own);
}

async function proposeWork(
  context: DriverContext,
  step: Step,
  session: AgentSession,
  { text, record }: { readonly text: string; readonly record: FollowedRecord },
): Promise<DriverResult> {
  const bundle = await step("Propose the patch", () => propose(session, context), proposedText);
  const summary = summarise(text, record.deeds(), context.assignment.test);
  return bundle === null
    ? { outcome: "no_change", summary }
    : { outcome: "patch", bundle: bundle.file, summary };
}

async function workInOneTurn(
  driver: OneTurnDriver,
  { context, model, program, base, nextCommand, step, handIn }: Omit<WorkOptions, "driver">,
): Promise<DriverResult> {
  const { assignment, clock, signal, emit } = context;
  const complaints: string[] = [];
  let complain = (text: string): void => void complaints.push(text);
  const session = await step(
    "Start the agent",
    () => model.session(program, { onComplaint: (text) => complain(text) }),
    () => ({ detail: "" }),
  );
  try {
    const tree = () => session.tree();
    const treeLabel = "the agent's checkout";
    const record = createRecord({ clock, nextCommand, firstTree: await tree(), tree, treeLabel, emit });
    complain = record.complain;
    for (const early of complaints) complain(early);
    const prompt = firstPrompt(assignment, base);
    const ending = await converse(driver, { agent: session, record, prompt, signal });
    if (ending.outcome === "failed") return failed(ending.reason);
    return await handIn(session, ending.text, record);
  } finally {
    await session.close();
  }
}

async function converse(
  driver: OneTurnDriver,
  conversation: OneTurn & { record: FollowedRecord },
): Promise<Ending> {
  const { record, agent } = conversation;
  try {
    return await driver.converse(conversation);
  } finally {
    // The lease's end may have closed the way of events; then there is nobody to tell.
    await record.finish().catch((error: unknown) => {
      if (!conversation.signal.aborted) throw error;
    });
    agent.ended.catch(() => undefined); // whoever needed it has asked
  }
}

interface Base {
  readonly problem: string | null;
  readonly passed: number;
  readonly failing: readonly string[];
}

/** What cannot be tested cannot be verified either: the run ends before a model was asked anything. */
function testBase(context: DriverContext, step: Step, nextCommand: () => number): Promise<Base> {
  const { assignment, workspace, sandbox, clock, signal, emit } = context;
  const { baseCommit, test: plan, limits } = assignment;
  const { repository } = workspace;
  const harness = createHarness({
    sandbox,
    repository,
    mounts: () => workspace.mounts ?? {},
    baseCommit,
    plan,
    limits,
    clock,
    signal,
    emit,
    nextCommand,
  });
  const test = async () => {
    const { problem, report } = await harness.test({ commit: baseCommit }, "Test the base");
    const ids = (outcome: "passed" | "failed") => (report ? idsOf(report, outcome) : []);
    return { problem, passed: ids("passed").length, failing: ids("failed") };
  };
  return step("Test the base", test, ({ problem, passed, failing }) =>
    problem === null
      ? { detail: `${passed} passed, ${failing.length} failed` }
      : { outcome: "failed", detail: problem },
  );
}

interface Proposed {
  readonly file: string;
  readonly files: number;
}

async function propose(session: AgentSession, { workspace, emit }: DriverContext): Promise<Proposed | null> {
  const bundle = await session.bundle();
  if (bundle === null) return null;
  const { bytes, files } = bundle;
  const file = path.join(workspace.scratch, "patch.bundle");
  await writeFile(file, bytes);
  for (const changed of files) await emit({ kind: "file_changed", body: changed } satisfies NewEvent);
  const sum = (of: "added" | "removed") => files.reduce((total, changed) => total + changed[of], 0);
  await emit({
    kind: "patch_proposed",
    body: { files: files.length, added: sum("added"), removed: sum("removed"), bytes: bytes.length },
  });
  return { file, files: files.length };
}

const proposedText = (proposed: Proposed | null) => ({
  detail:
    proposed === null
      ? "Nothing was changed."
      : `${proposed.files} ${proposed.files === 1 ? "file" : "files"} changed`,
});
