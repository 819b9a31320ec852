// Where a repository may come from: an https URL, an ssh address, or a path below a root the operator allows.
import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { refused } from "#lib/errors.ts";
import { readSource } from "#lib/repositories/rules.ts";
import { readSsh, type SshPlace } from "#lib/repositories/ssh-rules.ts";
import { plainLine } from "../sentences.ts";
import { checkHost, checkPlace, type NetworkPolicy } from "./pin-host.ts";

export type Source =
  /** `gitDir` is the real path of the repository itself (`…/.git` where there is a work tree). */
  | { readonly kind: "path"; readonly path: string; readonly gitDir: string; readonly bare: boolean }
  | { readonly kind: "https"; readonly url: string }
  | { readonly kind: "ssh"; readonly place: SshPlace };

export interface SourcePolicy extends NetworkPolicy {
  /** Absolute host directories; a path source must lie below one of them. */
  readonly allowedRoots: readonly string[];
}

/** Refuses with the reason, or returns the source as it will be used. Repeat it before each use: disks and names change. */
export async function checkSource(input: string, policy: SourcePolicy): Promise<Source> {
  const reading = readSource(input);
  if (!reading.ok) throw refused(reading.sentence);
  if (reading.kind === "disk") return checkPath(reading.source, policy.allowedRoots);
  if (reading.kind === "ssh") return checkSsh(reading.source, policy);
  const url = new URL(reading.source);
  if (url.hostname.endsWith(".")) throw refused("Leave out the dot at the end of the host name.");
  await checkHost(url, policy);
  return { kind: "https", url: url.href };
}

async function checkSsh(source: string, policy: NetworkPolicy): Promise<Source> {
  const reading = readSsh(source);
  if (!reading.ok) throw refused(reading.sentence);
  await checkPlace(reading.place, policy);
  return { kind: "ssh", place: reading.place };
}

async function kindOf(path: string): Promise<"directory" | "file" | "link" | "other" | "absent"> {
  try {
    const stat = await lstat(path);
    if (stat.isDirectory()) return "directory";
    if (stat.isFile()) return "file";
    return stat.isSymbolicLink() ? "link" : "other";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    if (code === "EACCES") throw refused(`The worker may not look into ${plainLine(path, 200)}.`);
    throw error;
  }
}

const looksBare = async (path: string): Promise<boolean> =>
  (await kindOf(join(path, "HEAD"))) === "file" &&
  (await kindOf(join(path, "objects"))) === "directory" &&
  (await kindOf(join(path, "refs"))) === "directory";

async function realPathWithin(input: string, allowedRoots: readonly string[]): Promise<string> {
  if (allowedRoots.length === 0) {
    throw refused(
      "No folder of this machine is open to Pilothouse; the operator names them in PILOTHOUSE_ALLOWED_ROOTS.",
    );
  }
  // A root that is not there opens nothing.
  const roots = await Promise.all(allowedRoots.map((root) => realpath(root).catch(() => null)));
  const outside = refused(`That path is not below a folder open to Pilothouse (${allowedRoots.join(", ")}).`);
  const within = (path: string) =>
    roots.some((root) => root !== null && (path === root || path.startsWith(root + sep)));
  const real = await realpath(input).catch(() => null); // not there or not readable: one answer for both
  // Whether a path outside the roots exists is nobody's business: the answer is the same.
  if (real === null) throw within(input) ? refused(`There is nothing at ${plainLine(input, 200)}.`) : outside;
  if (!within(real)) throw outside;
  return real;
}

async function checkPath(input: string, allowedRoots: readonly string[]): Promise<Source> {
  const path = await realPathWithin(input, allowedRoots);
  const shown = plainLine(path, 200);
  const dotGit = await kindOf(join(path, ".git"));
  if (dotGit === "file" || dotGit === "link") {
    throw refused(`${shown} is a linked work tree or a submodule; give the repository it belongs to.`);
  }
  const bare = dotGit !== "directory";
  const gitDir = bare ? path : join(path, ".git");
  if (!(await looksBare(gitDir))) throw refused(`${shown} is not a git repository.`);
  if ((await kindOf(join(gitDir, "shallow"))) === "file") {
    throw refused(
      `${shown} is a shallow clone; run git fetch --unshallow there, or give the repository it was cloned from.`,
    );
  }
  return { kind: "path", path, gitDir, bare };
}
