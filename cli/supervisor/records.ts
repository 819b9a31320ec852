// What is running, on disk: so that the next start finds what a killed one left behind.
import { renameSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "#lib/clock.ts";
import { endGroups } from "./processes.ts";

const ProcessRecord = z.object({ name: z.string(), pid: z.int().positive(), startTime: z.string() });
export type ProcessRecord = z.infer<typeof ProcessRecord>;

const Running = z.object({
  pid: z.int().positive(),
  url: z.string(),
  port: z.int(),
  children: z.array(ProcessRecord),
});
export type Running = z.infer<typeof Running>;

const fileIn = (folder: string) => join(folder, "running.json");

/** In one step, and before anything else happens: several children may start at the same moment. */
export function writeRunning(folder: string, running: Running): void {
  const draft = `${fileIn(folder)}.new`;
  writeFileSync(draft, JSON.stringify(running, null, 2), { mode: 0o600 });
  renameSync(draft, fileIn(folder));
}

/** Null where nothing readable was recorded. */
export async function readRunning(folder: string): Promise<Running | null> {
  try {
    return Running.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
  } catch {
    return null; // a start cannot depend on a file that a crash may have cut off
  }
}

export async function clearRunning(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

const GRACE = 5000;

/** Ends the children of a launcher that is gone. Returns the names of those that were still there. */
export async function endLeftovers(folder: string, clock: Clock): Promise<string[]> {
  const running = await readRunning(folder);
  if (!running) return [];
  const ended = await endGroups(running.children, GRACE, clock);
  await clearRunning(folder);
  return ended.map((child) => child.name);
}
