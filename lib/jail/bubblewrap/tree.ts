// Processes as /proc shows them, for what a control group would do if there were one.

import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { codeOf, waitUntil } from "../cgroups/group.ts";

const NOT_KILLED = "The sandbox's processes could not be killed.";

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly started: string;
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly started: string;
}

/** proc_pid_stat(5). The name is in parentheses and may hold anything, so the fields count from the last one. */
function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parent: Number(fields[1]), started: fields[19] ?? "" };
}

const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH";

function statOf(pid: number): Stat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

export function identify(pid: number): ProcessIdentity | null {
  const stat = statOf(pid);
  return stat && { pid, started: stat.started };
}

/** A zombie counts as dead: the kernel has ended everything in its pid namespace before it became one. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.started === started && stat.state !== "Z" && stat.state !== "X";
}

/** Everything that descends from `root`, itself not included. */
export async function descendants(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").then(parseStat, (error: unknown) => {
      if (isGone(error)) return null;
      throw error;
    });
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const visit = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(root);
  return found;
}

/** Sends a signal; false when the process is gone already. */
function send(pid: number, signal: TreeSignal): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

type TreeSignal = "SIGSTOP" | "SIGCONT" | "SIGKILL";

/** Signals every descendant until no new one turns up: what forks meanwhile is caught in the next round. */
export async function signalDescendants(root: number, signal: TreeSignal): Promise<void> {
  const signalled = new Set<number>();
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const pid of await descendants(root)) {
      if (signalled.has(pid)) continue;
      signalled.add(pid);
      send(pid, signal);
      isNew = true;
    }
  }
}

/**
 * Kills a process of ours and everything below it. It is stopped first: were it killed while it forks, its child would
 * be nobody's child, and not found.
 */
export async function killFrom(root: number): Promise<void> {
  if (!send(root, "SIGSTOP")) return;
  const isStill = async () => ["T", "Z", "X", undefined].includes(statOf(root)?.state);
  await waitUntil(isStill, NOT_KILLED);
  await signalDescendants(root, "SIGKILL");
  send(root, "SIGKILL");
}

/** Kills one process and resolves when it is dead. */
export async function killIdentified(identity: ProcessIdentity): Promise<void> {
  const isDead = async () => !isAlive(identity) || !send(identity.pid, "SIGKILL");
  await waitUntil(isDead, NOT_KILLED);
}
