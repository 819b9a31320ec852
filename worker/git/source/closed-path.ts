// The sandbox reads a repository under a user of its own. Where that user may not, git only says that there is no
// repository; this finds the folder or file to open.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const ENTER = 0o1;
const READ = 0o4;

async function allows(path: string, uid: number, wanted: number): Promise<boolean> {
  const { mode, uid: owner, gid } = await stat(path);
  const shift = owner === uid ? 6 : gid === uid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [...foldersAbove(above), above];
}

/** The first path that keeps `uid` from reading the repository at `gitDir`, or null. */
export async function closedPath(gitDir: string, uid: number): Promise<string | null> {
  for (const folder of foldersAbove(gitDir)) if (!(await allows(folder, uid, ENTER))) return folder;
  for (const folder of [gitDir, join(gitDir, "objects"), join(gitDir, "refs")]) {
    if (!(await allows(folder, uid, ENTER | READ))) return folder;
  }
  return (await allows(join(gitDir, "HEAD"), uid, READ)) ? null : join(gitDir, "HEAD");
}
