// A provider takes so many calls at a time. Those that wait are served pilot by pilot in turn, so that one pilot's
// hundred do not keep another's first one waiting.
import { Problem } from "../http/problem.ts";

export interface Turn {
  /** To be called once, when the call is over. */
  leave(): void;
}

export interface QueueLimits {
  /** At a time, per provider. */
  readonly concurrent: number;
  /** Waiting, per provider; the one above is told to come again. */
  readonly waiting: number;
}

export interface FairQueue {
  /** Rejects with the signal's reason when it aborts, and with queue_full. `own`: at a time for this run. */
  enter(who: Place, signal: AbortSignal): Promise<Turn>;
}

export interface Place {
  readonly providerId: string;
  readonly pilotId: string;
  readonly runId: string;
  /** Calls of the run at a time. */
  readonly own: number;
}

interface Waiter {
  readonly who: Place;
  start(turn: Turn): void;
}

interface Line {
  running: number;
  waiting: number;
  readonly byRun: Map<string, number>;
  /** Pilots in the order of their turn. */
  readonly byPilot: Map<string, Waiter[]>;
}

const RETRY_AFTER = 5;

export function createQueue({ concurrent, waiting }: QueueLimits): FairQueue {
  const lines = new Map<string, Line>();

  const lineOf = (providerId: string): Line => {
    const known = lines.get(providerId);
    if (known) return known;
    const line: Line = { running: 0, waiting: 0, byRun: new Map(), byPilot: new Map() };
    lines.set(providerId, line);
    return line;
  };

  const mayStart = (line: Line, { runId, own }: Place) =>
    line.running < concurrent && (line.byRun.get(runId) ?? 0) < own;

  function start(line: Line, who: Place): Turn {
    line.running++;
    line.byRun.set(who.runId, (line.byRun.get(who.runId) ?? 0) + 1);
    let isOver = false;
    return {
      leave() {
        if (isOver) return;
        isOver = true;
        line.running--;
        const left = (line.byRun.get(who.runId) ?? 1) - 1;
        if (left > 0) line.byRun.set(who.runId, left);
        else line.byRun.delete(who.runId);
        startNext(line);
        if (line.running === 0 && line.waiting === 0) lines.delete(who.providerId);
      },
    };
  }

  /** The first of the next pilot that may; that pilot then goes to the end. */
  function startNext(line: Line): void {
    for (const [pilotId, waiters] of [...line.byPilot]) {
      const at = waiters.findIndex(({ who }) => mayStart(line, who));
      const [next] = at === -1 ? [] : waiters.splice(at, 1);
      if (!next) continue;
      line.byPilot.delete(pilotId);
      if (waiters.length > 0) line.byPilot.set(pilotId, waiters);
      line.waiting--;
      next.start(start(line, next.who));
      return;
    }
  }

  function wait(line: Line, who: Place, signal: AbortSignal): Promise<Turn> {
    const { promise, resolve, reject } = Promise.withResolvers<Turn>();
    const waiters = line.byPilot.get(who.pilotId) ?? [];
    line.byPilot.set(who.pilotId, waiters);
    const onAbort = () => {
      waiters.splice(waiters.indexOf(waiter), 1);
      if (waiters.length === 0) line.byPilot.delete(who.pilotId);
      line.waiting--;
      reject(signal.reason);
    };
    const waiter: Waiter = {
      who,
      start(turn) {
        signal.removeEventListener("abort", onAbort);
        resolve(turn);
      },
    };
    waiters.push(waiter);
    line.waiting++;
    signal.addEventListener("abort", onAbort, { once: true });
    return promise;
  }

  return {
    async enter(who, signal) {
      signal.throwIfAborted();
      const line = lineOf(who.providerId);
      if (mayStart(line, who)) return start(line, who);
      if (line.waiting >= waiting) {
        const sentence = "Too many calls wait for this provider already. Try again in a moment.";
        throw new Problem("queue_full", sentence, { retryAfter: RETRY_AFTER });
      }
      return wait(line, who, signal);
    },
  };
}
