// Plays the agent and the outside world: builds repositories, commits and bundles with real git.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ENV = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada Author",
  GIT_AUTHOR_EMAIL: "ada@example.test",
  GIT_AUTHOR_DATE: "@1700000000 +0000",
  GIT_COMMITTER_NAME: "Ada Author",
  GIT_COMMITTER_EMAIL: "ada@example.test",
  GIT_COMMITTER_DATE: "@1700000000 +0000",
};

/** stdout of git run as its user would, in `cwd`. */
export function playGitBytes(cwd: string, args: readonly string[], input?: string | Buffer): Buffer {
  const env = ENV as unknown as NodeJS.ProcessEnv;
  const options = { cwd, env, input, maxBuffer: 1 << 28, stdio: "pipe" } as const;
  return execFileSync("git", ["-c", "safe.directory=*", ...args], options);
}

/** The same as trimmed text. */
export const playGit = (cwd: string, args: readonly string[], input?: string | Buffer): string =>
  playGitBytes(cwd, args, input).toString("utf8").trim();

export type FileTree = Readonly<
  Record<string, string | Buffer | { readonly link: string } | { readonly program: string } | null>
>;

/** Writes files (null removes, `{ link }` makes a symbolic link, `{ program }` one to run) and commits all. Returns the commit id. */
export function commitFiles(work: string, files: FileTree, message = "Change"): string {
  for (const [path, content] of Object.entries(files)) {
    const full = join(work, path);
    rmSync(full, { recursive: true, force: true });
    if (content === null) continue;
    mkdirSync(dirname(full), { recursive: true });
    if (typeof content === "string" || Buffer.isBuffer(content)) writeFileSync(full, content);
    else if ("program" in content) writeFileSync(full, content.program, { mode: 0o755 });
    else symlinkSync(content.link, full);
  }
  playGit(work, ["add", "--all", "--force"]);
  playGit(work, ["commit", "--quiet", "--allow-empty", "--message", message]);
  return playGit(work, ["rev-parse", "HEAD"]);
}

/** A repository with a work tree and one commit on `main`. */
export function createRepository(
  path: string,
  files: FileTree,
): { readonly path: string; readonly head: string } {
  mkdirSync(path, { recursive: true });
  playGit(path, ["init", "--quiet", "--initial-branch=main"]);
  return { path, head: commitFiles(path, files, "First") };
}

type Entry = readonly [mode: string, oid: string, name: string | Buffer];

/** As git sorts: by bytes, a folder as if its name ended in a slash. */
const sortKey = ([mode, , name]: Entry): Buffer =>
  Buffer.concat([Buffer.from(name), Buffer.from(mode === "40000" ? "/" : "\0")]);

/** A tree made entry by entry and unchecked, for names and modes no work tree could hold. */
export function makeTree(work: string, entries: readonly Entry[]): string {
  const records = [...entries]
    .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
    .map(([mode, oid, name]) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.alloc(1), Buffer.from(oid, "hex")]),
    );
  return playGit(work, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], Buffer.concat(records));
}

export const makeBlob = (work: string, content: string | Buffer): string =>
  playGit(work, ["hash-object", "-w", "--stdin"], content);

export const makeCommit = (
  work: string,
  tree: string,
  parents: readonly string[],
  message = "Made",
): string =>
  playGit(work, ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", message]);

/** The entries of a commit's root tree, to be extended and given to makeTree. */
export function rootEntries(work: string, commit: string): [mode: string, oid: string, name: string][] {
  return playGit(work, ["ls-tree", commit])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [mode = "", , oid = ""] = (line.split("\t")[0] ?? "").split(" ");
      return [mode.replace(/^0/, ""), oid, line.split("\t")[1] ?? ""];
    });
}

/** The bundle an agent's runner uploads: one ref `refs/heads/patch`, built on `base`. */
export function makeBundle(work: string, file: string, base: string, head: string): string {
  playGit(work, ["update-ref", "refs/heads/patch", head]);
  playGit(work, ["bundle", "create", "--quiet", file, "refs/heads/patch", `^${base}`]);
  return file;
}
