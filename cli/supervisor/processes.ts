// Processes by pid and start time: a pid alone may have been given to somebody else since.
import { readFileSync } from "node:fs";
import { type Clock, SECOND } from "#lib/clock.ts";

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** Null for a process that does not exist or has ended already. */
export function startTimeOf(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null; // there is no such process
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name may hold anything
  const state = fields[0];
  return state === "Z" || state === "X" ? null : (fields[19] ?? null);
}

export const isSameProcess = ({ pid, startTime }: ProcessId): boolean => startTimeOf(pid) === startTime;

/** Signals the process group that `pid` leads; false if none of it is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

const POLL = 50;
const KILL_PATIENCE = 5 * SECOND;

/** Ends the groups led by `leaders`: asks, waits up to `grace` milliseconds, then kills. Returns who was there. */
export async function endGroups<P extends ProcessId>(
  leaders: readonly P[],
  grace: number,
  clock: Clock,
): Promise<P[]> {
  const found = leaders.filter(isSameProcess);
  let left = found;
  const stillThere = () => left.filter((leader) => isSameProcess(leader) && signalGroup(leader.pid, 0));
  for (const leader of left) signalGroup(leader.pid, "SIGTERM");
  const deadline = clock.now() + grace;
  while (left.length > 0 && clock.now() < deadline) {
    await clock.sleep(POLL);
    left = stillThere();
  }
  for (const leader of left) signalGroup(leader.pid, "SIGKILL");
  const last = clock.now() + KILL_PATIENCE;
  while (left.length > 0 && clock.now() < last) {
    await clock.sleep(POLL);
    left = stillThere();
  }
  return found;
}
