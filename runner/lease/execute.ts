// One lease from assignment to finish. Whatever happens, it ends with nothing of it running and nothing of it on disk.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { Logger } from "#lib/logger.ts";
import { type Assignment, Finish } from "#lib/protocol/schema.ts";
import { untilAnswered } from "../plane/retry.ts";
import { createEventStream } from "./event-stream.ts";
import { guardSandbox } from "./guarded-sandbox.ts";
import type { Lease, Plane, Work } from "./lease.ts";
import { isFencing, startLife } from "./life.ts";
import { failed, giveBack, report } from "./report.ts";
import { LeaseEnded } from "./rules.ts";
import { openSpool, type Spool } from "./spool.ts";
import { createTraffic } from "./traffic.ts";

export interface LeaseOptions {
  readonly plane: Plane;
  readonly sandbox: Sandbox;
  readonly work: Work;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly logger: Logger;
  /** Where the lease's private folder is made. */
  readonly folder: string;
  readonly shutdown: AbortSignal;
}

/** How long the code of a lease may go on after its sandbox was killed. */
const GRACE = 2 * SECOND;

/** Throws only when a sandbox process could not be killed: then the runner itself has to end. */
export async function executeLease(options: LeaseOptions, assignment: Assignment): Promise<void> {
  const logger = options.logger.child({ leaseId: assignment.leaseId, runId: assignment.runId });
  logger.info({ phase: assignment.phase, attempt: assignment.attempt }, `leased: ${assignment.title}`);
  const room = await makeRoom(options.folder);
  if (room instanceof Error) {
    return giveBack(
      { ...options, logger },
      assignment,
      `The runner has no room for the run: ${room.message}.`,
    );
  }
  const lease = holdLease({ ...options, logger }, assignment, room);
  try {
    await report(lease, await outcomeOf(lease, options.work));
  } finally {
    await letGo(lease);
  }
}

interface Room {
  readonly folder: string;
  readonly spool: Spool;
}

async function makeRoom(parent: string): Promise<Room | Error> {
  try {
    const folder = await mkdtemp(join(parent, "lease-"));
    return { folder, spool: await openSpool(join(folder, "events")) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function holdLease(options: LeaseOptions, assignment: Assignment, { folder, spool }: Room): Lease {
  const { plane, steady, clock, logger, shutdown } = options;
  const sandbox = guardSandbox(options.sandbox);
  const traffic = createTraffic(steady);
  const life = startLife({ plane, assignment, sandbox, traffic, steady, logger, shutdown });
  const patience = { clock: steady, signal: life.gone, logger, what: "sending events" };
  const stream = createEventStream({
    spool,
    send: (batch) => untilAnswered(() => plane.events(assignment, batch, life.gone), patience),
    clock,
    outputBytes: assignment.limits.outputBytes,
    onBroken: (error) => {
      if (isFencing(error)) life.end("fenced", error.message);
      else life.end("broken", `The run's events could not be kept: ${messageOf(error)}`);
    },
  });
  return { assignment, plane, sandbox, life, traffic, stream, folder, clock, steady, logger };
}

/** What to tell the plane; a failure of ours is an outcome too. */
async function outcomeOf(lease: Lease, work: Work): Promise<Finish> {
  const { life, stream, assignment, logger } = lease;
  const working = work(lease);
  try {
    const finish = Finish.parse(await Promise.race([working, endOf(life.over)]));
    await Promise.race([stream.drain(), endOf(life.over)]);
    return finish;
  } catch (error) {
    await settle(working, lease);
    const cause = life.over.aborted ? life.over.reason : error;
    if (!(cause instanceof LeaseEnded)) logger.error({ err: cause }, "the work failed");
    return failed(assignment.attempt, sentenceOf(cause));
  }
}

const sentenceOf = (error: unknown): string =>
  error instanceof AppError || error instanceof LeaseEnded
    ? error.message
    : `The runner met something unexpected: ${messageOf(error)}`;

/** Rejects with the signal's reason once it aborts. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Leaves nothing of the work behind: its processes die first, then its code gets a moment to notice. */
async function settle(working: Promise<Finish>, { sandbox, steady, logger }: Lease): Promise<void> {
  await sandbox.killAll(new Error("The work of this lease is over."));
  const done = () => true;
  const isSettled = await Promise.race([working.then(done, done), steady.sleep(GRACE).then(() => false)]);
  if (!isSettled) logger.error("the work did not end although its sandbox is gone; it goes on without one");
}

async function letGo({ life, stream, folder, logger }: Lease): Promise<void> {
  try {
    await life.close();
  } finally {
    await stream.close();
    await removeFolder(folder, logger);
  }
}

/** What cannot be removed now is tried again when the runner starts. */
export async function removeFolder(folder: string, logger: Logger): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    logger.error({ err: error, folder }, "a lease's folder could not be removed");
  }
}
