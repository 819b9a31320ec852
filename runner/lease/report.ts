// How a lease's end reaches the plane.
import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { Finish } from "#lib/protocol/schema.ts";
import type { LeaseRef, PlaneClient } from "../plane/client.ts";
import { untilAnswered } from "../plane/retry.ts";
import type { Lease } from "./lease.ts";
import { isFencing } from "./life.ts";
import { LeaseEnded } from "./rules.ts";

/** How long the end of a failed lease may take, after everything was killed. */
const CLOSING = 20 * SECOND;

/** A result answered so is refused itself; asking again would not help. */
const REFUSING: readonly ErrorCode[] = ["bad_input", "refused", "too_large", "conflict"];

export const failed = (attempt: number, reason: string): Finish => ({
  outcome: "failed",
  attempt,
  reason: reason.slice(0, 4000) || "No reason was given.",
});

/** Sends the finish until it is answered or the lease is gone; a result the plane refuses becomes a failure. */
export async function report(lease: Lease, finish: Finish): Promise<void> {
  const { plane, assignment, life, logger, steady } = lease;
  if (life.gone.aborted) return;
  if (finish.outcome === "failed") return reportFailure(lease, finish);
  try {
    await untilAnswered(() => plane.finish(assignment, finish, life.gone), {
      clock: steady,
      signal: life.gone,
      logger,
      what: "finishing the lease",
    });
    logger.info({ outcome: finish.outcome }, "the lease is finished");
  } catch (error) {
    if (!(error instanceof AppError && REFUSING.includes(error.code))) return logEnd(logger, error);
    await reportFailure(
      lease,
      failed(assignment.attempt, `The control plane refused the result: ${error.message}`),
    );
  }
}

async function reportFailure(lease: Lease, finish: Finish): Promise<void> {
  const { stream, steady, logger, life } = lease;
  const limit = timeLimit(steady, CLOSING, life.gone);
  try {
    await Promise.race([stream.drain(), steady.sleep(CLOSING / 2, limit.signal)]);
  } catch (error) {
    logger.debug({ err: error }, "the last events were not taken");
  }
  await sendFailure(lease, lease.assignment, finish, limit.signal);
  limit.lift();
}

export interface GiveBackOptions {
  readonly plane: Pick<PlaneClient, "finish">;
  readonly steady: Clock;
  readonly logger: Logger;
  readonly shutdown: AbortSignal;
}

/** For a lease that could not even begin: says why, so that it does not have to run out first. */
export async function giveBack(options: GiveBackOptions, lease: LeaseRef, reason: string): Promise<void> {
  const limit = timeLimit(options.steady, CLOSING, options.shutdown);
  await sendFailure(options, lease, failed(lease.attempt, reason), limit.signal);
  limit.lift();
}

async function sendFailure(
  { plane, steady, logger }: Omit<GiveBackOptions, "shutdown">,
  lease: LeaseRef,
  finish: Finish,
  signal: AbortSignal,
): Promise<void> {
  const patience = { clock: steady, signal, logger, what: "reporting a failed lease", longest: SECOND };
  try {
    await untilAnswered(() => plane.finish(lease, finish, signal), patience);
    logger.info({ finish }, "the lease is finished");
  } catch (error) {
    logEnd(logger, error);
  }
}

/** A finish whose answer was lost is answered `fenced` the second time: over either way. */
function logEnd(logger: Logger, error: unknown): void {
  const isOver = isFencing(error) || (error instanceof LeaseEnded && error.kind === "fenced");
  if (isOver) logger.info("the control plane says that the lease is over");
  else logger.warn({ err: error }, "the end of the lease was not taken; it runs out by itself");
}

/** A signal that aborts with the other one or after the time, unless lifted. */
function timeLimit(steady: Clock, milliseconds: number, other: AbortSignal) {
  const enough = new AbortController();
  const lifted = new AbortController();
  steady.sleep(milliseconds, lifted.signal).then(
    () => enough.abort(new Error("The control plane did not answer in time.")),
    () => undefined,
  );
  return { signal: AbortSignal.any([other, enough.signal]), lift: () => lifted.abort() };
}
