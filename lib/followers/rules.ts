// What is said of a follower that stumbled, or fell behind. Pure.
import type { Follower, FollowerAlarm, FollowerFault } from "./schema.ts";

/** A fault of a moment is over by then; an entry that fails so often fails for ever. */
export const MOST_TRIES = 5;
/** It looks four times a second. */
export const BEHIND_AFTER_SECONDS = 60;
const NAMED = 5;

const WORDS = {
  findings: {
    kind: "monitor",
    skipped: "could not be read by the monitor: what they show was looked for by nobody",
    behind: "The monitor is behind: findings come late.",
  },
  log_index: {
    kind: "index",
    skipped: "are found by kind, actor and subject alone: their texts could not be indexed for search",
    behind: "The index of the log is behind: filters and search do not find the newest entries.",
  },
} as const satisfies Record<Follower, unknown>;

export function skippedAlarm(
  follower: Follower,
  count: number,
  faults: readonly FollowerFault[],
): FollowerAlarm | null {
  const [first] = faults;
  if (!first) return null;
  const named = faults.slice(0, NAMED).map(({ position, error }) => `Entry ${position}: ${error}`);
  const more = count - named.length;
  const subject = count === 1 ? "1 entry of the log" : `${count.toLocaleString("en")} entries of the log`;
  return {
    kind: `${WORDS[follower].kind}_skipped`,
    title: `${subject} ${WORDS[follower].skipped}.`,
    detail: [...named, ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : [])].join("\n"),
    since: first.since,
  };
}

export function behindAlarm(follower: Follower, entries: number, since: Date): FollowerAlarm {
  const { kind, behind } = WORDS[follower];
  const detail = `${entries.toLocaleString("en")} ${entries === 1 ? "entry waits" : "entries wait"} to be looked at.`;
  return { kind: `${kind}_behind`, title: behind, detail, since };
}

const LONGEST = 500;

/** One line that says which error it was. */
export function errorLine(error: unknown): string {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const line = said.replaceAll(/\s+/g, " ").replaceAll("\0", "").trim();
  return [...line].slice(0, LONGEST).join("").slice(0, LONGEST).toWellFormed();
}
