// Followers of the log come past an entry that they cannot read, and say so until it was read after all.
import { type Db, read, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { BEHIND_AFTER_SECONDS, behindAlarm, errorLine, MOST_TRIES, skippedAlarm } from "./rules.ts";
import type { Follower, FollowerAlarm } from "./schema.ts";
import {
  countSkipped,
  countTry,
  forgetFaults,
  forgetTries,
  hasFault,
  markSkipped,
  selectBehind,
  selectSkipped,
} from "./store.ts";

export interface Stumble {
  readonly follower: Follower;
  /** Of the entry. */
  readonly position: number;
  readonly error: unknown;
  /** Moves the cursor past the entry; false where another worker did. */
  skip(db: Db): Promise<boolean>;
}

/**
 * One entry could not be looked at. Returns once it is skipped; throws what went wrong while it is to be tried again.
 * Where the database does not answer, no try is counted.
 */
export async function stumble(scope: Scope, { follower, position, error, skip }: Stumble): Promise<void> {
  const line = await lineOf(error);
  const tries = await transaction(scope, ({ db }) => countTry(db, { follower, position, error: line }));
  if (tries < MOST_TRIES) throw error;
  await transaction(scope, async ({ db }) => {
    if (await skip(db)) await markSkipped(db, follower, [position], line);
  });
}

/** In the transaction that goes on without what could not be read of these entries. */
export async function noteSkipped(
  db: Db,
  follower: Follower,
  positions: readonly number[],
  error: unknown,
): Promise<void> {
  await markSkipped(db, follower, positions, await lineOf(error));
}

/** In the transaction that came past all entries below `before`. */
export const wentOn = (db: Db, follower: Follower, before: number): Promise<void> =>
  forgetTries(db, follower, before);

/** Nothing is skipped any more: it was read after all, or everything is read anew. */
export const forget = (db: Db, follower: Follower, positions: readonly number[] | "all"): Promise<void> =>
  forgetFaults(db, follower, positions);

/** Positions that were skipped, the oldest first. */
export async function listSkipped(scope: Scope, follower: Follower, limit: number): Promise<number[]> {
  const faults = await read(scope, (db) => selectSkipped(db, follower, limit));
  return faults.map(({ position }) => position);
}

/** Message of an error, which may quote what it stumbled over. */
const lineOf = async (error: unknown): Promise<string> => (await maskValue(errorLine(error))).slice(0, 500);

const FOLLOWERS: readonly Follower[] = ["findings", "log_index"];

/** What was skipped, and who lags. For pages and for the worker's own log. */
export async function followerAlarms(db: Db): Promise<FollowerAlarm[]> {
  const alarms: (FollowerAlarm | null)[] = [];
  for (const follower of FOLLOWERS) {
    const faults = await selectSkipped(db, follower, 5);
    alarms.push(
      faults.length === 0 ? null : skippedAlarm(follower, await countSkipped(db, follower), faults),
    );
  }
  const behind = await selectBehind(db, BEHIND_AFTER_SECONDS);
  alarms.push(...behind.map(({ follower, entries, since }) => behindAlarm(follower, entries, since)));
  return alarms.filter((alarm) => alarm !== null);
}

/** Whether there would be any of them. */
export const hasFollowerAlarm = (db: Db): Promise<boolean> => hasFault(db, BEHIND_AFTER_SECONDS);

export const listFollowerAlarms = (scope: Scope): Promise<FollowerAlarm[]> => read(scope, followerAlarms);
