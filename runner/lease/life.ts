// What keeps a lease alive and what ends it: heartbeats, the plane's directives, loss of contact, the wall clock and
// the runner's own end. Only a heartbeat's answer counts as contact, for it alone carries the plane's directive: a
// runner that cannot hear "cancel" must stop by itself, whatever else still gets through.
import { type Clock, HOUR, SECOND } from "#lib/clock.ts";
import { AppError, type ErrorCode, messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import { isAnchored } from "#lib/protocol/anchoring.ts";
import type { Assignment } from "#lib/protocol/schema.ts";
import type { PlaneClient } from "../plane/client.ts";
import { untilAnswered } from "../plane/retry.ts";
import type { GuardedSandbox } from "./guarded-sandbox.ts";
import {
  contactState,
  type EndKind,
  isSilent,
  LeaseEnded,
  secondsToHandIn,
  untilNextState,
} from "./rules.ts";
import type { Traffic } from "./traffic.ts";
import { createWaker } from "./waker.ts";

/** Answers that mean the lease is no longer ours. */
const FENCING: readonly ErrorCode[] = ["fenced", "not_found", "expired"];
export const isFencing = (error: unknown): error is AppError =>
  error instanceof AppError && FENCING.includes(error.code);

const LONGEST_HEARTBEAT = 5 * SECOND;
/** The plane holds no answer back for longer. */
const LONGEST_HOLD = 10;
/** How long the plane is told that nothing is running any more. */
const CONFIRMING = 5 * SECOND;
/** Timers overflow at 25 days; the plane's numbers are only known to be positive. */
const LONGEST_SLEEP = HOUR;

export interface LeaseLife {
  /** Aborts with a LeaseEnded when the work has to end. */
  readonly over: AbortSignal;
  /** Aborts with a LeaseEnded when, besides, nothing may be sent for the lease any more. */
  readonly gone: AbortSignal;
  /** Aborts when the run's time is over but for what handing the work in takes. */
  readonly nearlyOver: AbortSignal;
  /** Until the time is over. */
  secondsLeft(): number;
  /** What calls of models may still cost, by the last heartbeat's answer, millionths of a dollar; null where nobody said. */
  microsLeft(): number | null;
  /** The first end counts; a silent one may follow a spoken one. */
  end(kind: EndKind, sentence: string): void;
  /** Stops heartbeats and watches. Throws when a sandbox process could not be killed. */
  close(): Promise<void>;
}

export interface LifeOptions {
  readonly plane: Pick<PlaneClient, "heartbeat" | "stopped">;
  readonly assignment: Assignment;
  readonly sandbox: GuardedSandbox;
  readonly traffic: Traffic;
  /** Measures durations: setting the host's clock must neither kill nor keep a lease. */
  readonly steady: Clock;
  readonly logger: Logger;
  readonly shutdown: AbortSignal;
}

/** Agents that are re-anchored are told their budget; for the others nobody has to look it up. */
const tellsBudget = (assignment: Assignment): boolean =>
  assignment.phase === "agent" && assignment.model !== null && isAnchored(assignment.anchor);

export function startLife(options: LifeOptions): LeaseLife {
  const { plane, assignment, sandbox, traffic, steady, logger, shutdown } = options;
  const pauseAfter = assignment.pauseAfterSeconds * SECOND;
  const over = new AbortController();
  const gone = new AbortController();
  const nearlyOver = new AbortController();
  const closed = new AbortController();
  const deadline = steady.now() + assignment.maxSeconds * SECOND;
  const heard = createWaker();
  const { leaseId, attempt } = assignment;
  const interval = Math.min(assignment.heartbeatSeconds * SECOND, LONGEST_SLEEP);
  // Held open until the next one is due: the end of the lease is heard when it happens.
  const waitSeconds = Math.min(Math.floor(interval / SECOND), LONGEST_HOLD);
  const asking = { leaseId, attempt, budget: tellsBudget(assignment) };
  let wasHeard = true;
  let microsLeft: number | null = null;
  let lastContact = steady.now();
  let killed: Promise<void> = Promise.resolve();
  let confirmed: Promise<void> = Promise.resolve();

  function end(kind: EndKind, sentence: string): void {
    if (gone.signal.aborted || (over.signal.aborted && !isSilent(kind))) return;
    logger.info({ kind }, `the lease ends: ${sentence}`);
    const reason = new LeaseEnded(kind, sentence);
    if (isSilent(kind)) gone.abort(reason);
    if (over.signal.aborted) return;
    killed = sandbox.killAll(reason);
    // Reported by close(); until then nobody may be waiting for it.
    killed.catch(() => undefined);
    over.abort(reason);
    if (kind === "cancelled" || kind === "fenced") confirmed = killed.then(confirm, () => undefined); // told by close()
  }

  /** The plane ended the lease, and measures how long that took. One that does not hear of it counts the lease as not confirmed. */
  async function confirm(): Promise<void> {
    const patience = { clock: steady, signal: AbortSignal.timeout(CONFIRMING), logger };
    const tell = () => plane.stopped({ leaseId, attempt }, traffic.silentMs(), patience.signal);
    await untilAnswered(tell, { ...patience, what: "saying that a lease's run has ended" }).catch(
      (error: unknown) => logger.warn({ err: error }, "the control plane did not hear that a run has ended"),
    );
  }

  async function beat(): Promise<number> {
    const begun = steady.now();
    // After one that was lost an answer is wanted at once: two of them have to fit into the lease.
    const hold = wasHeard ? waitSeconds : 0;
    const deadline = hold * SECOND + Math.min(interval, LONGEST_HEARTBEAT);
    wasHeard = false;
    try {
      const answer = await plane.heartbeat({ ...asking, waitSeconds: hold }, deadline, closed.signal);
      wasHeard = true;
      lastContact = steady.now();
      microsLeft = answer.microsLeft ?? null;
      heard.wake();
      if (answer.directive === "cancel")
        end("cancelled", answer.reason.slice(0, 1000) || "The run was cancelled.");
      return Math.max(0, interval - (steady.now() - begun));
    } catch (error) {
      if (closed.signal.aborted) throw error;
      if (isFencing(error)) end("fenced", error.message);
      else logger.warn({ err: error }, "the heartbeat was not answered");
      return Math.min(interval, SECOND);
    }
  }

  async function heartbeats(): Promise<void> {
    while (!gone.signal.aborted) await steady.sleep(await beat(), closed.signal);
  }

  async function watchContact(): Promise<void> {
    while (!gone.signal.aborted) {
      const change = heard.next();
      const silent = steady.now() - lastContact;
      const state = contactState(silent, pauseAfter);
      if (state === "lost")
        return end("contact_lost", `The control plane was not heard for ${silent / SECOND} seconds.`);
      try {
        await (state === "paused" ? sandbox.pauseAll() : sandbox.resumeAll());
      } catch (error) {
        return end("contact_lost", `The sandbox could not be paused: ${messageOf(error)}.`);
      }
      await sleepOr(change, Math.min(untilNextState(silent, pauseAfter), LONGEST_SLEEP));
    }
  }

  /** Until the promise or the time, whichever is first. */
  async function sleepOr(change: Promise<void>, milliseconds: number): Promise<void> {
    const first = new AbortController();
    const sleeping = steady.sleep(milliseconds, AbortSignal.any([closed.signal, first.signal]));
    try {
      await Promise.race([change, sleeping]);
    } finally {
      sleeping.catch(() => undefined); // ended by us in the next line
      first.abort();
    }
  }

  async function sleepUntil(moment: number): Promise<void> {
    for (let left = moment - steady.now(); left > 0; left = moment - steady.now()) {
      await steady.sleep(Math.min(left, LONGEST_SLEEP), closed.signal);
    }
  }

  async function watchTime(): Promise<void> {
    await sleepUntil(deadline - secondsToHandIn(assignment.maxSeconds) * SECOND);
    nearlyOver.abort();
    await sleepUntil(deadline);
    end("time_used_up", `The run used up the ${assignment.maxSeconds} seconds it was given.`);
  }

  const onShutdown = () => end("shutting_down", "The runner is shutting down.");
  shutdown.addEventListener("abort", onShutdown, { once: true });
  if (shutdown.aborted) onShutdown();

  const tasks = [heartbeats(), watchContact(), watchTime()].map((task) =>
    task.catch((error: unknown) => {
      if (closed.signal.aborted) return;
      logger.error({ err: error }, "the lease cannot be watched any more");
      end("broken", `The runner could not watch over the lease: ${messageOf(error)}.`);
    }),
  );

  return {
    over: over.signal,
    gone: gone.signal,
    nearlyOver: nearlyOver.signal,
    secondsLeft: () => Math.max(0, (deadline - steady.now()) / SECOND),
    microsLeft: () => microsLeft,
    end,
    async close() {
      shutdown.removeEventListener("abort", onShutdown);
      closed.abort(new Error("The lease is closed."));
      gone.abort(new Error("The lease is closed."));
      await Promise.all(tasks);
      await killed;
      await confirmed;
      await sandbox.killAll(new Error("The lease is closed."));
    },
  };
}
