// What an agent tries, tried by an agent: in runs of the product, whose model is a script. Its loop, its sandbox, the relay,
// the runner's lease and the gateway are the real ones; what came of it is read from the events that the plane holds.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ScriptedUpstream } from "#gateway/testing/upstream.ts";
import { steadyClock, systemClock } from "#lib/clock.ts";
import { listEvents } from "#lib/events/service.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { RunResult } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { createLogger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Scope } from "#lib/scope.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { NODE_PLAN, SUM } from "#lib/testing/harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openTestRunner } from "#lib/testing/runner/service-plane.ts";
import { createOpenai } from "#runner/drivers/openai/driver.ts";
import { executeLease } from "#runner/lease/execute.ts";
import { createWork } from "#runner/lease/work.ts";
import { type Verdict, verdictOf } from "./attempt.ts";
import type { Tried } from "./tried.ts";

export interface AgentRunsOptions {
  /** Somebody who may enrol a runner and read runs. */
  readonly scope: Scope;
  readonly sandbox: Sandbox;
  /** Made here; every user may pass through what is above it. */
  readonly folder: string;
  /** The provider that the gateway asks. */
  readonly upstream: ScriptedUpstream;
  /** A new run of an agent on the own loop, and nothing else waits for a runner. */
  launch(): Promise<string>;
}

export interface AttackedRun {
  readonly runId: string;
  readonly events: readonly NewEvent[];
  /** How what was tried ended; null where the run did not come as far. */
  resultOf(tried: Tried): RunResult | null;
}

/** Lets an agent try all of these, one after the other, in one run. */
export type RunAttack = (all: readonly Tried[]) => Promise<AttackedRun>;

const MiB = 1024 * 1024;
/** Small enough to be used up in a moment. */
const LIMITS: Limits = {
  memoryBytes: 512 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 64 * MiB,
  seconds: 240,
  outputBytes: MiB,
};
const COMMAND_SECONDS = 6;
const PAGE = 1000;

const turnOf = ({ line, seconds = COMMAND_SECONDS }: Tried): ScriptedTurn => ({
  items: [{ call: "shell", args: { command: line, timeout_seconds: seconds } }],
});
const LAST: ScriptedTurn = { items: [{ say: "I could not get out." }] };

export async function openAgentRuns(options: AgentRunsOptions): Promise<RunAttack> {
  const { scope, sandbox, folder, upstream, launch } = options;
  mkdirSync(folder, { mode: 0o755 });
  const { path, head } = createRepository(join(folder, "attacked"), SUM);
  const bundle = join(folder, "base.bundle");
  playGit(path, ["bundle", "create", "--quiet", bundle, "HEAD"]);
  const runner = await openTestRunner(scope, "attacked", bundle);
  const work = createWork({
    drivers: [createOpenai({ stateFolder: folder, uid: sandbox.uid })],
    verify: () => Promise.reject(new Error("Nothing is verified here.")),
  });
  const logger = createLogger("runner", { write: () => undefined });
  const leases = join(folder, "leases");
  mkdirSync(leases, { mode: 0o755 });

  return async (all) => {
    const script = scriptedModel([...all.map(turnOf), LAST]);
    upstream.answer(({ method, url, headers, body }, response) =>
      script({ method, path: url, headers, body }, response),
    );
    const runId = await launch();
    const assignment = { ...(await runner.lease(runId)), baseCommit: head, test: NODE_PLAN, limits: LIMITS };
    await executeLease(
      {
        ...{ plane: runner.plane, sandbox, work, clock: systemClock, steady: steadyClock, logger },
        ...{ folder: leases, shutdown: new AbortController().signal },
      },
      assignment,
    );
    const events = await eventsOf(scope, runId);
    return { runId, events, resultOf: ({ line }) => resultIn(events, line) };
  };
}

async function eventsOf(scope: Scope, runId: string): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (let after = 0; ; ) {
    const page = await listEvents(scope, runId, after, PAGE);
    if (page.length === 0) return events;
    events.push(...(page as unknown as NewEvent[]));
    after = page.at(-1)?.seq ?? after;
  }
}

/** What is not known to have ended was not stopped. */
export function judgeTried(tried: Tried, run: AttackedRun, secret: string): Verdict {
  const result = run.resultOf(tried);
  return result === null
    ? { stopped: false, what: "the plane was not told how it ended" }
    : verdictOf(tried.stopped, result, secret, null);
}

/** A command's end, as the plane was told of it. */
export function resultIn(events: readonly NewEvent[], line: string): RunResult | null {
  const started = events.find((event) => event.kind === "command_started" && event.body.argv.at(-1) === line);
  if (started?.kind !== "command_started") return null;
  const { command } = started.body;
  const output = (stream: "stdout" | "stderr") =>
    Buffer.from(
      events
        .flatMap((event) =>
          event.kind === "command_output" && event.body.command === command && event.body.stream === stream
            ? [event.body.text]
            : [],
        )
        .join(""),
    );
  const finished = events.find(
    (event) => event.kind === "command_finished" && event.body.command === command,
  );
  if (finished?.kind !== "command_finished") return null;
  const { exit, milliseconds, dropped } = finished.body;
  const ended =
    finished.body.ended === "cancelled" && ranOutOfMemory(events) ? "memory" : finished.body.ended;
  return {
    exit: { code: exit, signal: null, ended, milliseconds },
    ...{ stdout: output("stdout"), stderr: output("stderr"), result: Buffer.alloc(0) },
    dropped: { stdout: dropped, stderr: 0, result: 0 },
  };
}

const OUT_OF_MEMORY = /needed more memory|without a word \(SIGKILL\)/;

/** The sandbox, or the kernel in it, ended the agent with all it had begun; the runner says so of the turn. */
const ranOutOfMemory = (events: readonly NewEvent[]): boolean =>
  events.some(({ kind, body }) => kind === "turn_ended" && OUT_OF_MEMORY.test(body.error ?? ""));
