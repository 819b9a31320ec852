// Where a repository may come from: an https URL, or a path below a root the operator allows.
import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, sep } from "node:path";
import { refused } from "#lib/errors.ts";
import { plainLine } from "../sentences.ts";
import { type NetworkPolicy, pinHost } from "./pin-host.ts";

export type Source =
  /** `gitDir` is the real path of the repository itself (`…/.git` where there is a work tree). */
  | { readonly kind: "path"; readonly path: string; readonly gitDir: string; readonly bare: boolean }
  | { readonly kind: "https"; readonly url: string };

export interface SourcePolicy extends NetworkPolicy {
  /** Absolute host directories; a path source must lie below one of them. */
  readonly allowedRoots: readonly string[];
}

const WANTED = "Give an https URL, or the absolute path of a repository on this machine.";

function refuseByShape(input: string): void {
  if (input === "") throw refused(WANTED);
  if (input.length > 2000) throw refused(`That is longer than any repository's address. ${WANTED}`);
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(input))
    throw refused(`The address holds control or invisible characters. ${WANTED}`);
  if (input.startsWith("-"))
    throw refused(`The address begins with a dash and would be read as an option. ${WANTED}`);
  if (/^[a-z0-9+.-]+::/i.test(input)) {
    throw refused(
      `“${plainLine(input.split("::")[0] ?? "", 20)}::” names a helper program that git would run; that is never done. ${WANTED}`,
    );
  }
}

const SCHEMES: Readonly<Record<string, string>> = {
  file: "Leave out file:// and give the absolute path.",
  http: "http is not protected against changes on the way; use https.",
  git: "git:// is neither encrypted nor authenticated; use https.",
  ssh: "ssh is not supported; use the repository's https address.",
  ftp: "ftp is not supported; use https.",
  ftps: "ftps is not supported; use https.",
};

/** Refuses with the reason, or returns the source as it will be used. Repeat it before each use: disks and names change. */
export async function checkSource(input: string, policy: SourcePolicy): Promise<Source> {
  refuseByShape(input);
  if (isAbsolute(input)) return checkPath(input, policy.allowedRoots);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme === "https") return checkUrl(input, policy);
  if (scheme !== undefined)
    throw refused(SCHEMES[scheme] ?? `${plainLine(scheme, 20)}:// is not supported. ${WANTED}`);
  if (/^[^/]+:/.test(input))
    throw refused(`That is ssh's way to name a repository, which is not supported. ${WANTED}`);
  throw refused(`That is a relative path. ${WANTED}`);
}

async function checkUrl(input: string, policy: SourcePolicy): Promise<Source> {
  if (!URL.canParse(input))
    throw refused("That is not a usable https URL; one looks like https://host.example/team/project.git.");
  const url = new URL(input);
  if (url.username !== "" || url.password !== "")
    throw refused("Leave the user name and password out of the URL.");
  if (url.search !== "" || url.hash !== "")
    throw refused("A repository's URL has no ? or # part; leave it out.");
  if (url.hostname.endsWith(".")) throw refused("Leave out the dot at the end of the host name.");
  if (url.pathname === "/" || url.pathname.includes("%00"))
    throw refused("The URL names a host but no repository on it.");
  await pinHost(url, policy);
  return { kind: "https", url: url.href };
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
      "No folder of this machine is open to Pilothouse; the operator names them in PILOTHOUSE_REPOSITORY_ROOTS.",
    );
  }
  const roots = await Promise.all(allowedRoots.map((root) => realpath(root).catch(() => null)));
  const outside = refused(`That path is not below a folder open to Pilothouse (${allowedRoots.join(", ")}).`);
  const within = (path: string) =>
    roots.some((root) => root !== null && (path === root || path.startsWith(root + sep)));
  const real = await realpath(input).catch(() => null);
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
