// A mirror is a bare repository of ours: a cache any worker can rebuild. Only this process writes it.
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hostGit, hostGitOutput } from "../host-git.ts";
import { succeeded } from "../result.ts";

async function isMirror(path: string): Promise<boolean> {
  const found = await stat(join(path, "HEAD")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return found?.isFile() === true;
}

/** Makes the bare repository where there is none yet. The sandbox's uid may read it, so its folder is not private. */
export async function openMirror(path: string): Promise<void> {
  if (await isMirror(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await hostGitOutput({ args: ["init", "--quiet", "--bare", "--shared=0644", fresh] });
  await chmod(fresh, 0o755);
  await rename(fresh, path);
}

/** The commit a ref of the mirror points at, or null. */
export async function findCommit(mirror: string, ref: string): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const result = await hostGit({ gitDir: mirror, args });
  return succeeded(result) ? result.stdout.toString("latin1").trim() : null;
}

/** True when the mirror holds the commit with this id. */
export async function hasCommit(mirror: string, id: string): Promise<boolean> {
  return succeeded(await hostGit({ gitDir: mirror, args: ["cat-file", "-e", `${id}^{commit}`] }));
}
