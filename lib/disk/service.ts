// Free space where this deployment writes. Asked of the file system each time: a full disk could not store an alarm.
import { statfs } from "node:fs/promises";
import { AppError } from "../errors.ts";
import { diskSentence, type Fullness, fullness, type Space } from "./rules.ts";

export interface Place {
  readonly title: string;
  readonly path: string;
}

export interface DiskFinding extends Place {
  readonly state: Fullness;
  readonly space: Space;
  readonly sentence: string;
}

export async function spaceAt(path: string): Promise<Space> {
  const { bavail, blocks, bsize, files, ffree } = await statfs(path);
  return { free: bavail * bsize, total: blocks * bsize, freeFiles: files > 0 ? ffree : null };
}

/** The folders this process knows; those it does not have, or cannot reach, are left out. */
export function placesOf(env: Readonly<Record<string, string | undefined>>): Place[] {
  const places = [
    { title: "The data folder", path: env.PILOTHOUSE_DATA },
    { title: "The log's folder", path: env.PILOTHOUSE_LOG },
    { title: "The folder of large contents", path: env.PILOTHOUSE_BLOBS },
    { title: "The folder of mirrors", path: env.PILOTHOUSE_MIRRORS },
  ];
  return places.flatMap(({ title, path }) => (path ? [{ title, path }] : []));
}

/** Not made yet, or another process's. */
const OUT_OF_REACH = ["ENOENT", "ENOTDIR", "EACCES"];

export async function lookAt(places: readonly Place[]): Promise<DiskFinding[]> {
  const findings = await Promise.all(
    places.map(async ({ title, path }) => {
      const space = await spaceAt(path).catch((error: NodeJS.ErrnoException) => {
        if (OUT_OF_REACH.includes(error.code ?? "")) return null;
        throw error;
      });
      if (!space) return [];
      return [{ title, path, space, state: fullness(space), sentence: diskSentence(title, path, space) }];
    }),
  );
  return findings.flat();
}

/** What is short of space, the fullest first; folders on one disk are told once. */
export async function diskAlarms(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<DiskFinding[]> {
  const short = (await lookAt(placesOf(env))).filter(({ state }) => state !== "fine");
  const seen = new Set<string>();
  return short
    .sort((a, b) => a.space.free - b.space.free)
    .filter(({ space }) => {
      const disk = `${space.total} ${space.free} ${space.freeFiles}`;
      return !seen.has(disk) && seen.add(disk);
    });
}

const NO_SPACE = ["ENOSPC", "EDQUOT"];

/** A write that found no space, as one sentence; anything else as it came. */
export function translatedDiskError(error: unknown, what: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (typeof code !== "string" || !NO_SPACE.includes(code)) return error;
  const sentence = `The disk of ${what} is full. Nothing was stored; try again once there is space.`;
  return new AppError("unavailable", sentence, { cause: error, retryAfter: 30 });
}
