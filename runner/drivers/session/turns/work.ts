// The work of an agent that can be talked to: people are heard meanwhile, what is done is kept so that it can go on elsewhere, and
// a program that ends before its work did is taken up by another one.
import { SECOND } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { DriverContext, DriverResult, ModelAccess } from "../../port.ts";
import type { Step } from "../../steps.ts";
import type { AgentProgram, KeptSession } from "../port.ts";
import type { ModelDriver } from "../program.ts";
import type { BaseResult } from "../prompt.ts";
import { createRecord, type FollowedRecord } from "../record.ts";
import { createAnchors } from "./anchors.ts";
import { createAsks } from "./asks.ts";
import { createDesk, type Desk } from "./desk.ts";
import { failed, live, type Shared } from "./life.ts";
import { createSnapshots } from "./snapshots.ts";
import { firstStart, type Start, startAgain } from "./start.ts";
import { TIME_IS_UP } from "./words.ts";

const MOST_RESTARTS = 3;
/** Half of what is left may go by until a turn has ended, and not more than this. */
const MOST_PATIENCE = 30 * SECOND;

export interface WorkOptions {
  readonly driver: ModelDriver;
  readonly context: DriverContext;
  readonly model: ModelAccess;
  readonly program: AgentProgram;
  /** Null where it was not tested, because the work goes on from an earlier attempt. */
  readonly base: BaseResult | null;
  readonly nextCommand: () => number;
  readonly step: Step;
  /** Hands the work out of the session that made it. */
  handIn(session: KeptSession, text: string, record: FollowedRecord): Promise<DriverResult>;
}

export async function workInTurns(options: WorkOptions): Promise<DriverResult> {
  const broken = new AbortController();
  const signal = AbortSignal.any([options.context.signal, broken.signal]);
  const now: { session: KeptSession | null } = { session: null };
  const shared = share(options, now, signal, (error) => broken.abort(error));
  try {
    return await liveOnAndOn(options, shared, now);
  } finally {
    await shared.desk.close(null);
    await shared.record.finish().catch((error: unknown) => {
      // The lease's end may have closed the way of events; then there is nobody to tell.
      if (!signal.aborted) throw error;
    });
    await now.session?.close();
  }
}

async function liveOnAndOn(
  { context, model, program, driver, step }: WorkOptions,
  shared: Shared,
  now: { session: KeptSession | null },
): Promise<DriverResult> {
  let start: Start = firstStart(context.assignment, model.resumed);
  for (let restarts = 0; ; restarts++) {
    const { restore } = start;
    const choices = { keeps: driver.keeps, restore, onComplaint: shared.record.complain };
    const begin = () => model.session(program, choices);
    const session = await step(
      restarts === 0 ? "Start the agent" : "Start the agent again",
      begin,
      startText,
    );
    now.session = session;
    shared.record.moved(await session.tree());
    const end = await live(shared, session, start);
    if ("result" in end) return end.result;
    await shared.asks.crashed();
    await session.close();
    if (restarts >= MOST_RESTARTS) return failed(end.gone);
    start = startAgain(shared.snapshots.latest() ?? keptBefore(context, model), end.gone, end.unread);
  }
}

const startText = ({ lost }: KeptSession) => ({
  detail: lost === null ? "" : `The snapshot could not be restored: ${lost}`,
});

/** What an earlier attempt left, as long as this one has kept nothing. */
const keptBefore = ({ assignment: { resume } }: DriverContext, { resumed }: ModelAccess) =>
  resume === null || resumed === null ? null : { file: resumed, native: resume.native };

function share(
  { driver, context, model, base, nextCommand, handIn }: WorkOptions,
  now: { readonly session: KeptSession | null },
  signal: AbortSignal,
  onBroken: (error: unknown) => void,
): Shared {
  const { clock, workspace, assignment } = context;
  const emit = (event: NewEvent) => context.emit(event);
  const record = createRecord({
    clock,
    nextCommand,
    firstTree: "",
    changes: async () => {
      if (now.session === null) throw refused("The agent is not up.");
      return now.session.changes();
    },
    treeLabel: "the agent's checkout",
    test: assignment.test,
    onMessage: (text) => anchors.heard(text),
    onTree: async (changes) => {
      anchors.moved(changes);
      if (shared.source !== null) await snapshots.afterItem(shared.source(), changes.tree);
    },
    emit,
  });
  const asks = createAsks({
    policy: assignment.asks,
    decided: assignment.decided,
    clock,
    testArgv: assignment.test.argv,
    itemOf: record.itemOf,
    park: (parking) => desk.park(parking),
    emit,
  });
  const desk = createDesk({
    inbox: model.inbox,
    caps: driver.caps,
    record,
    clock,
    onAnswer: asks.answer,
    onInterrupt: asks.abandon,
    onBroken,
    emit,
  });
  endInTime(model, desk);
  const upload = (file: string) => model.upload(file);
  const snapshots = createSnapshots({
    ...{ driver: driver.name, folder: workspace.scratch, clock, upload, emit, onBroken },
  });
  const anchors = createAnchors({
    ...{ context, base, record, desk, nextCommand, onBroken, steer: driver.caps.steer },
    snapshot: async () => {
      if (now.session === null) throw refused("The agent is not up.");
      return now.session.snapshot();
    },
  });
  const shared: Shared = {
    ...{ driver, context, base, record, desk, asks, snapshots, anchors, signal },
    source: null,
    handIn: (session, text) => handIn(session, text, record),
  };
  return shared;
}

/** What is done when the time is nearly over is handed in: a lease that is ended leaves nothing. */
function endInTime({ nearlyOver, secondsLeft }: ModelAccess, desk: Desk): void {
  const end = () =>
    desk.park({ why: "time", reason: TIME_IS_UP, patience: Math.min(MOST_PATIENCE, 500 * secondsLeft()) });
  if (nearlyOver.aborted) end();
  else nearlyOver.addEventListener("abort", end, { once: true });
}
