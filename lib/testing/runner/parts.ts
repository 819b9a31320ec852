// What tests of the runner need besides a plane: folders, bundles of a real repository, clocks, a quiet logger.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pino from "pino";
import { onTestFinished } from "vitest";
import { type Clock, systemClock } from "#lib/clock.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { createLogger, type Logger } from "#lib/logger.ts";
import { NEVER_ANCHORS } from "#lib/protocol/anchoring.ts";
import type { AgentAssignment, Summary, VerifyAssignment } from "#lib/protocol/schema.ts";
import { NEVER_ASKS } from "#lib/protocol/steering.ts";

/** A new folder below the system's own, removed after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "runner-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Time that runs `factor` times as fast as the host's. */
export const fastClock = (factor: number): Clock => ({
  now: () => performance.now() * factor,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
});

export interface TestLogger {
  readonly logger: Logger;
  /** Parsed lines. */
  readonly lines: Record<string, unknown>[];
}

export function testLogger(): TestLogger {
  const lines: Record<string, unknown>[] = [];
  const destination: pino.DestinationStream = { write: (line) => void lines.push(JSON.parse(line)) };
  const logger = createLogger("runner", destination);
  logger.level = "debug";
  return { logger, lines };
}

/** Resolves when the condition holds; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(5);
}

export interface TestRepository {
  readonly base: string;
  readonly patch: string;
  readonly baseBundle: Buffer;
  /** Needs the base; one ref, refs/heads/patch. */
  readonly patchBundle: Buffer;
}

/** Two commits on a base, and a patch on top, as the plane would send them. */
export function makeRepository(): TestRepository {
  const folder = testFolder();
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
  const commit = (name: string) => {
    writeFileSync(join(folder, name), `${name}\n`);
    git("add", name);
    git("commit", "--quiet", "-m", name);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit("first");
  const base = commit("second");
  git("bundle", "create", "--quiet", "base.bundle", "main");
  git("checkout", "--quiet", "-b", "patch");
  const patch = commit("third");
  git("bundle", "create", "--quiet", "patch.bundle", "refs/heads/patch", `^${base}`);
  const bundle = (name: string) => readFileSync(join(folder, `${name}.bundle`));
  return { base, patch, baseBundle: bundle("base"), patchBundle: bundle("patch") };
}

const MiB = 1024 * 1024;

export const TEST_LIMITS: Limits = {
  memoryBytes: 512 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 64 * MiB,
  seconds: 60,
  outputBytes: 64 * 1024,
};

export function agentAssignment(changes: Partial<AgentAssignment> = {}): AgentAssignment {
  return {
    phase: "agent",
    leaseId: "lse_1",
    runId: "run_1",
    attempt: 1,
    title: "Repair the tests",
    baseCommit: "a".repeat(40),
    test: { argv: ["true"], reportPath: "report.xml", env: {}, harnessPaths: [], repeats: 1 },
    limits: TEST_LIMITS,
    maxSeconds: 600,
    pauseAfterSeconds: 30,
    heartbeatSeconds: 1,
    driver: "scripted",
    task: "",
    goal: "",
    allowedPaths: [],
    model: null,
    maxHistory: 10,
    resume: null,
    review: null,
    asks: NEVER_ASKS,
    decided: [],
    anchor: NEVER_ANCHORS,
    ...changes,
  };
}

export function verifyAssignment(changes: Partial<VerifyAssignment> = {}): VerifyAssignment {
  const {
    driver: _driver,
    maxHistory: _history,
    task: _task,
    goal: _goal,
    allowedPaths: _paths,
    model: _model,
    resume: _resume,
    review: _review,
    asks: _asks,
    decided: _decided,
    anchor: _anchor,
    ...shared
  } = agentAssignment();
  return { ...shared, phase: "verify", patchCommit: "b".repeat(40), patchDigest: "c".repeat(64), ...changes };
}

export const SUMMARY: Summary = { text: "Nothing to do.", claims: [], repaired: [], givenUp: [], flaky: [] };
