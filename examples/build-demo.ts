// Builds the demo repository: a small service with the history of a few weeks, kept here as the patches its
// authors sent. Every build gives the same commits.
//   node examples/build-demo.ts DEST
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const PATCHES = path.join(import.meta.dirname, "tally");
const MAINTAINER = { name: "Ines Aubert", email: "ines.aubert@tally.example" };

export const DEMO_BRANCH = "main";

/** How the demo repository is tested; the test plan of the demo charter. */
export const DEMO_TEST_PLAN = {
  argv: [
    "node",
    "--test",
    "--test-isolation=none",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=junit",
    "--test-reporter-destination=report.xml",
  ],
  reportPath: "report.xml",
  env: {} as Record<string, string>,
  harnessPaths: ["test/**", "package.json"],
  // One of its tests passes every other time: five repeats hide that from one tree in sixteen.
  repeats: 5,
};

export interface DemoRepository {
  /** Commit at the head of `DEMO_BRANCH`. */
  readonly head: string;
  readonly commits: number;
}

/** Makes `directory` a bare git repository. Throws when there is something in it already. */
export async function buildDemoRepository(directory: string): Promise<DemoRepository> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty.`);

  const tree = await mkdtemp(path.join(tmpdir(), "demo-repository-"));
  try {
    await git(tree, "init", "--quiet", `--initial-branch=${DEMO_BRANCH}`);
    await git(tree, "am", "--quiet", "--committer-date-is-author-date", ...(await patches()));
    await git(directory, "init", "--quiet", "--bare", `--initial-branch=${DEMO_BRANCH}`);
    await git(tree, "push", "--quiet", path.resolve(directory), DEMO_BRANCH);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }

  const head = await git(directory, "rev-parse", DEMO_BRANCH);
  const commits = Number(await git(directory, "rev-list", "--count", DEMO_BRANCH));
  return { head, commits };
}

async function patches(): Promise<string[]> {
  const names = await readdir(PATCHES, { recursive: true });
  return names
    .filter((name) => name.endsWith(".patch"))
    .sort()
    .map((name) => path.join(PATCHES, name));
}

/** git as on a machine that nobody configured, so that the commits come out the same everywhere. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: tmpdir(),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_COMMITTER_NAME: MAINTAINER.name,
    GIT_COMMITTER_EMAIL: MAINTAINER.email,
  };
  const { stdout } = await run("git", ["-c", "core.autocrlf=false", "-c", "gc.auto=0", ...args], {
    cwd,
    env: env as unknown as NodeJS.ProcessEnv,
  });
  return stdout.trim();
}

if (import.meta.main) {
  const destination = process.argv[2];
  if (!destination) {
    process.stderr.write("Say where to: node examples/build-demo.ts DEST\n");
    process.exit(1);
  }
  const { head, commits } = await buildDemoRepository(destination);
  process.stdout.write(`${destination}: ${commits} commits, ${DEMO_BRANCH} at ${head}\n`);
}
