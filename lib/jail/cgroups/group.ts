import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { SECOND, systemClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "../schema.ts";

/** What a group can limit. All three make the limits of a sandbox whole. */
export const CONTROLLERS = ["memory", "pids", "cpu"] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** One control group: the processes of one sandbox, counted and limited together. */
export interface Group {
  /** Moves a process in; what it starts from now on is in too. */
  attach(pid: number): Promise<void>;
  limit(limits: Limits): Promise<void>;
  processes(): Promise<number[]>;
  /** False where the kernel offers no freezer; then nothing happened. */
  freeze(frozen: boolean): Promise<boolean>;
  /** SIGKILL to everything in the group, frozen or not. */
  kill(): Promise<void>;
  /** How many processes the kernel killed because the memory limit was reached. */
  memoryKills(): Promise<number>;
  /** Resolves when the group is empty and gone. */
  remove(): Promise<void>;
}

export interface Cgroups {
  readonly version: 1 | 2;
  readonly controllers: ReadonlySet<Controller>;
  create(name: string): Promise<Group>;
  /** Names of the groups that exist. */
  list(): Promise<string[]>;
  /** A group that exists already. */
  find(name: string): Group;
}

export const CPU_PERIOD = 100_000; // microseconds, the kernel's default

/** CPU time per period, microseconds; the kernel refuses less than a millisecond. */
export const cpuQuota = ({ cpus }: Limits): number => Math.max(1000, Math.round(cpus * CPU_PERIOD));

/**
 * Of contested CPU time a sandbox gets half of what another process gets: what people wait for goes before what agents
 * do. Nothing changes where nobody else wants it. Version 1 counts from 1024, version 2 from 100.
 */
export const CPU_SHARE = { v1: 512, v2: 50 } as const;

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** The group was removed before or while its file was read. */
const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENODEV";

/**
 * Process ids of a cgroup.procs file; a group that is gone has none. A process of a foreign pid namespace shows as 0,
 * which kill(2) would take for all of ours.
 */
export async function readPids(file: string): Promise<number[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isGone(error)) return "";
    throw error;
  });
  return text
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

/** The number behind a key of a flat-keyed file such as memory.events; 0 when the key is not there. */
export async function readKey(file: string, key: string): Promise<number> {
  const text = await readFile(file, "utf8");
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}

/** Writes a file that only some kernels have. */
export async function writeIfThere(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "r+" });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    throw new AppError("unavailable", `The control group ${path} could not be made.`, { cause: error });
  }
}

const PATIENCE = 10 * SECOND;
const LONGEST_PAUSE = 20;

/** Asks again with growing pauses; throws `unavailable` with the sentence after ten seconds. */
export async function waitUntil(isTrue: () => Promise<boolean>, sentence: string): Promise<void> {
  let waited = 0;
  for (let pause = 1; !(await isTrue()); pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    if (waited > PATIENCE) throw new AppError("unavailable", sentence);
    await systemClock.sleep(pause);
    waited += pause;
  }
}

/** Removes a group's directory once its last process is gone; the kernel refuses before. */
export function removeDirectory(path: string): Promise<void> {
  const isRemoved = async () => {
    try {
      await rmdir(path);
      return true;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return true;
      if (codeOf(error) === "EBUSY") return false;
      throw error;
    }
  };
  return waitUntil(isRemoved, `The control group ${path} still holds processes.`);
}

/** SIGKILL; a process that is gone already is what was wanted. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
