// The runner as a process of its own, with the real sandbox, driver and harness.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { TestPlan } from "#lib/protocol/schema.ts";
import { agentAssignment, until, verifyAssignment } from "#lib/testing/runner/parts.ts";
import { type ScriptedPlane, startScriptedPlane, TOKEN } from "#lib/testing/runner/scripted-plane.ts";
import { slotBeside } from "#lib/testing/sandbox.ts";

const MiB = 1024 * 1024;

let plane: ScriptedPlane;
let home: string;

beforeEach(async () => {
  plane = await startScriptedPlane();
  onTestFinished(() => plane.close());
  home = mkdtempSync(join(tmpdir(), "runner-main-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  // The sandbox's own user walks through to what is made for it.
  execFileSync("chmod", ["711", home]);
  writeFileSync(join(home, "enrolment"), TOKEN, { mode: 0o600 });
});

interface Running {
  readonly process: ChildProcess;
  readonly exited: Promise<number | NodeJS.Signals | null>;
  /** Standard error so far. */
  log(): string;
}

function startProcess(changes: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      PILOTHOUSE_PLANE_URL: plane.url,
      PILOTHOUSE_RUNNER_STATE: join(home, "state"),
      PILOTHOUSE_ENROLMENT_FILE: join(home, "enrolment"),
      PILOTHOUSE_RUNNER_NAME: "runner-1",
      PILOTHOUSE_RUNNER_PHASES: "agent,verify",
      PILOTHOUSE_RUNNER_SLOT: String(slotBeside()),
      ...changes,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr?.on("data", (chunk) => {
    text += String(chunk);
  });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(code ?? signal)),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return { process: child, exited, log: () => text };
}

/** A service of one function and its test; the second of three commits broke it. */
function makeService(): { base: string; culprit: string; bundle: Buffer } {
  const folder = join(home, "service");
  mkdirSync(folder);
  const env = {
    NODE_ENV: "test" as const,
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.invalid",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.invalid",
  };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8" }).trim();
  const commit = (subject: string, files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    git("add", "--all");
    git("commit", "--quiet", "-m", subject);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit("Sum", {
    "sum.mjs": "export const sum = (a, b) => a + b;\n",
    "sum.test.mjs": [
      'import assert from "node:assert";',
      'import { test } from "node:test";',
      'import { sum } from "./sum.mjs";',
      'test("sums", () => assert.equal(sum(2, 3), 5));\n',
    ].join("\n"),
  });
  const culprit = commit("Make it quick", { "sum.mjs": "export const sum = (a, b) => a * b;\n" });
  const base = commit("Say what it is", { "README.md": "A sum.\n" });
  git("bundle", "create", "--quiet", "base.bundle", "main");
  return { base, culprit, bundle: readFileSync(join(folder, "base.bundle")) };
}

const LIMITS = {
  memoryBytes: 512 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 64 * MiB,
  seconds: 60,
  outputBytes: MiB,
};

const TEST: TestPlan = {
  argv: ["node", "--test", "--test-reporter=junit", "--test-reporter-destination=report.xml"],
  reportPath: "report.xml",
  env: {},
  harnessPaths: ["*.test.mjs"],
  repeats: 2,
};

/** Processes of this host by their command line, whose arguments end with NUL. */
function processes(isWanted: (line: string) => boolean): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      return isWanted(readFileSync(`/proc/${name}/cmdline`, "utf8"));
    } catch {
      return false; // it ended while we looked
    }
  });
}

const processesWith = (marker: string) => processes((line) => line.includes(marker));

/** Offers a run whose test never ends; resolves with its mark when it runs in its sandbox. */
async function offerEndless(pauseAfterSeconds = 30): Promise<string> {
  const { base, bundle } = makeService();
  plane.bundles.set("base", { bytes: bundle });
  const marker = `1234567.${process.pid}${Date.now() % 100_000}`;
  const test = { ...TEST, argv: ["sleep", marker] };
  plane.offers.push(
    agentAssignment({ driver: "recipe", baseCommit: base, test, limits: LIMITS, pauseAfterSeconds }),
  );
  // Not only the launcher that carries the command, but the command itself.
  await until(() => processes((line) => line === `sleep\0${marker}\0`).length > 0);
  return marker;
}

describe("the runner's process", () => {
  test("repairs a real repository, hands the patch in, and verifies it", async () => {
    const { base, culprit, bundle } = makeService();
    plane.bundles.set("base", { bytes: bundle });
    plane.offers.push(agentAssignment({ driver: "recipe", baseCommit: base, test: TEST, limits: LIMITS }));
    const running = startProcess();
    await until(() => plane.finished.length === 1 || running.process.exitCode !== null);
    expect(plane.finished[0]?.finish).toMatchObject({
      outcome: "patch",
      summary: { repaired: [{ culprit, subject: "Make it quick" }] },
    });
    expect(plane.prepared).toEqual(["lse_1"]);
    const kinds = plane.stored.get("lse_1")?.map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(["step_started", "tests_reported", "culprit_found", "patch_proposed"]),
    );

    const patch = plane.uploads[0]?.body ?? Buffer.alloc(0);
    const patchCommit = /^([0-9a-f]{40}) refs\/heads\/patch$/m.exec(patch.toString("latin1"))?.[1] ?? "";
    plane.bundles.set("patch", { bytes: patch });
    const limits = LIMITS;
    plane.offers.push(
      verifyAssignment({ leaseId: "lse_2", baseCommit: base, patchCommit, test: TEST, limits }),
    );
    await until(() => plane.finished.length === 2 || running.process.exitCode !== null);
    const { finish } = plane.finished[1] ?? {};
    if (finish?.outcome !== "observed") throw new Error(`Not observed: ${JSON.stringify(finish)}`);
    const failed = finish.observations.map(({ tree, failed }) => [tree, failed.length]);
    expect(failed).toEqual([
      ["base_on_base", 1],
      ["base_on_base", 1],
      ["patch_on_patch", 0],
      ["patch_on_patch", 0],
      ["base_on_patch", 0],
      ["base_on_patch", 0],
    ]);
    await until(() => readdirSync(join(home, "state", "runner-1", "leases")).length === 0);
  });

  test("ends at SIGTERM with nothing left running and no word about the run", async () => {
    const running = startProcess();
    const marker = await offerEndless();
    running.process.kill("SIGTERM");
    expect(await running.exited).toBe(0);
    expect(processesWith(marker)).toEqual([]);
    expect(plane.finished).toEqual([]);
  });

  test("leaves nothing running when it is killed, and starts again as the same runner", async () => {
    const running = startProcess();
    const marker = await offerEndless();
    running.process.kill("SIGKILL");
    expect(await running.exited).toBe("SIGKILL");
    await until(() => processesWith(marker).length === 0);
    const polls = plane.requests.filter(({ path }) => path === "/lease").length;
    startProcess();
    await until(() => plane.requests.filter(({ path }) => path === "/lease").length > polls);
    expect(plane.registrations).toHaveLength(1);
    expect(readdirSync(join(home, "state", "runner-1", "leases"))).toEqual([]);
  });

  test("that was stopped for longer than its lease ends the run before it does anything else", async () => {
    const running = startProcess();
    const marker = await offerEndless(1);
    running.process.kill("SIGSTOP");
    const seen = plane.requests.length;
    plane.fenced.add("lse_1");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    running.process.kill("SIGCONT");
    await until(() => processesWith(marker).length === 0);
    await until(() => plane.requests.slice(seen).some(({ path }) => path === "/lease"));
    expect(plane.finished).toEqual([]);
    expect(running.process.exitCode).toBeNull();
  });

  test("that stays out of contact ends its sandbox by itself and asks for work when the plane is back", async () => {
    const running = startProcess();
    const marker = await offerEndless(1);
    let isAway = true;
    plane.fault = () => (isAway ? "drop_request" : null);
    await until(() => processesWith(marker).length === 0);
    isAway = false;
    const seen = plane.requests.length;
    await until(() => plane.requests.slice(seen).some(({ path }) => path === "/lease"));
    expect(plane.finished).toEqual([]);
    expect(running.process.exitCode).toBeNull();
  });

  test.each<[string, Record<string, string>, string]>([
    ["its settings", { PILOTHOUSE_PLANE_URL: "http://plane.example" }, "PILOTHOUSE_PLANE_URL: must be"],
    [
      "its enrolment",
      { PILOTHOUSE_ENROLMENT_FILE: "/nowhere/token" },
      "There is no enrolment token at /nowhere/token.",
    ],
  ])("says in one line what is wrong with %s and ends with 1", async (_name, env, sentence) => {
    const running = startProcess(env);
    expect(await running.exited).toBe(1);
    const last = JSON.parse(running.log().trim().split("\n").at(-1) ?? "{}");
    expect(last).toMatchObject({ level: 60, msg: expect.stringContaining(sentence) });
    expect(last.err).toBeUndefined();
  });
});
