// When a disk is short of space, and what that means. Bytes and files, as the file system counts them.

export const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export interface Space {
  /** Bytes that this user may still write. */
  readonly free: number;
  readonly total: number;
  /** Files that may still be made; null where the file system does not count them. */
  readonly freeFiles: number | null;
}

export type Fullness = "fine" | "low" | "full";

/** A bundle may take 256 MiB and a checkpoint must still fit after it. */
const LOW = { free: 2 * GIB, files: 10_000 };
const FULL = { free: 256 * MIB, files: 500 };

export function fullness({ free, freeFiles }: Space): Fullness {
  const isBelow = (limit: typeof LOW) => free < limit.free || (freeFiles !== null && freeFiles < limit.files);
  if (isBelow(FULL)) return "full";
  return isBelow(LOW) ? "low" : "fine";
}

export function shownBytes(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;
}

/** What somebody who runs the deployment is told. */
export function diskSentence(title: string, path: string, space: Space): string {
  const left =
    space.freeFiles !== null && space.freeFiles < LOW.files
      ? `${space.freeFiles} more files`
      : shownBytes(space.free);
  const state = fullness(space);
  const means =
    state === "full"
      ? "New events, bundles and log entries are about to be refused. Nothing that was acknowledged is lost; it goes on once there is space."
      : "Free some space, or give the volume more.";
  return `${title} (${path}) has room for ${left} only. ${means}`;
}
