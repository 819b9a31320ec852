// The work of every agent with a model, around what its program does: test the base, start the program beside a checkout,
// let it work, hand the work out, and hold what it says against what it did.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { idsOf } from "#lib/test-reports/report.ts";
import { createHarness } from "#runner/harness/harness.ts";
import type { AgentDriver, DriverContext, DriverResult } from "../port.ts";
import { createSteps, type Step } from "../steps.ts";
import { summarise } from "./claims.ts";
import { handInArtefacts } from "./hand-in-artefacts.ts";
import type { AgentSession } from "./port.ts";
import type { ModelDriver } from "./program.ts";
import type { FollowedRecord } from "./record.ts";
import { workInTurns } from "./turns/work.ts";

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
  return workInTurns({ driver, context, model, program, base, nextCommand, step, handIn });
}

async function proposeWork(
  context: DriverContext,
  step: Step,
  session: AgentSession,
  { text, record }: { readonly text: string; readonly record: FollowedRecord },
): Promise<DriverResult> {
  await handInArtefacts(context, step, session);
  const bundle = await step("Propose the patch", () => propose(session, context), proposedText);
  const summary = summarise(text, record.deeds(), context.assignment.test);
  return bundle === null
    ? { outcome: "no_change", summary }
    : { outcome: "patch", bundle: bundle.file, summary };
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
