// Round after round, and what to do about one that fails: say it, wait, try again; or end, where only a new start helps.
import pg from "pg";
import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { AlarmKind, Alarms } from "./alarms.ts";
import { errnoOf } from "./disk.ts";
import { Halt } from "./halt.ts";
import type { Notary, Round } from "./tick.ts";

const BETWEEN = 100;
const AFTER_FAILURE = SECOND;

const LOST_CONNECTION = /^(08|57P0)/;
const TRY_AGAIN = ["40001", "40P01"];
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI)/;

/** The alarm a failed round means; null for one that is simply repeated. Throws what a new process must begin with. */
export function alarmOf(error: unknown): { kind: AlarmKind; detail: string } | null {
  if (error instanceof Halt) return { kind: error.kind, detail: error.message };
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? "";
    if (LOST_CONNECTION.test(code)) throw error;
    if (TRY_AGAIN.includes(code)) return null;
    return { kind: "database_refuses", detail: `The database refuses (${code}): ${error.message}` };
  }
  const errno = errnoOf(error);
  if (errno === null || NETWORK.test(errno)) throw error;
  return { kind: "disk", detail: `The log's files cannot be written: ${messageOf(error)}` };
}

/** For what runs beside the rounds: a failure is logged and false, unless the connection is lost. */
export async function orTell(logger: Logger, what: string, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) alarmOf(error); // throws what a new process must begin with
    logger.error({ err: error }, what);
    return false;
  }
}

export interface Service {
  readonly notary: Notary;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly logger: Logger;
  onRound?(round: Round): void;
}

async function wellAgain(alarms: Alarms, round: Round): Promise<void> {
  await alarms.clear("database_disagrees", "state_lost", "database_refuses");
  if (round.signed) await alarms.clear("tiles_disagree", "disk");
}

/** Says it where pages see it, as far as the database lets us. */
async function tell({ alarms, logger }: Service, kind: AlarmKind, detail: string): Promise<void> {
  try {
    await alarms.raise(kind, detail);
  } catch (error) {
    if (alarmOf(error)) logger.error({ err: error }, "the alarm cannot be written down either");
  }
}

/** One round; returns the milliseconds until the next one. */
export async function serveOnce(service: Service): Promise<number> {
  try {
    const round = await service.notary.tick();
    await wellAgain(service.alarms, round);
    service.onRound?.(round);
    return round.isBehind ? 0 : BETWEEN;
  } catch (error) {
    const alarm = alarmOf(error);
    if (alarm) await tell(service, alarm.kind, alarm.detail);
    return alarm ? AFTER_FAILURE : BETWEEN;
  }
}

export async function serve(service: Service, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pause = await serveOnce(service);
    await service.clock.sleep(pause, signal).catch(() => undefined); // asked to stop
  }
}
