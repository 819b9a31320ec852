// The runner's day: ask for work, do it, ask again. One lease at a time.
import { mkdir, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { type Assignment, type Phase, PROTOCOL_VERSION } from "#lib/protocol/schema.ts";
import { UnreadableAssignment } from "../plane/client.ts";
import { backOff } from "../plane/retry.ts";
import { executeLease, type LeaseOptions, removeFolder } from "./execute.ts";
import { giveBack } from "./report.ts";

/** How long the plane may hold a request for work open, seconds. */
const WAIT_SECONDS = 20;
/** A runner that cannot keep a run's files would fail run after run: it asks for none. */
const MIN_FREE_BYTES = 512 * 1024 * 1024;

export interface LoopOptions extends LeaseOptions {
  readonly phases: readonly Phase[];
  readonly minFreeBytes?: number;
}

/** Resolves after `shutdown` aborted and the lease at hand is over. */
export async function leaseUntilShutdown(options: LoopOptions): Promise<void> {
  const { shutdown, logger } = options;
  await emptyFolder(options);
  logger.info({ phases: options.phases, tier: options.sandbox.tier }, "waiting for work");
  for (let failures = 0; !shutdown.aborted; ) {
    const asked = await askOnce(options);
    failures = asked.error === null ? 0 : failures + 1;
    if (asked.assignment !== null) await executeLease(options, asked.assignment);
    else await pause(options, waitAfter(options, asked, failures));
  }
  logger.info("no more work is asked for");
}

interface Asked {
  readonly assignment: Assignment | null;
  readonly error: AppError | null;
  readonly milliseconds: number;
}

async function askOnce(options: LoopOptions): Promise<Asked> {
  const { shutdown, steady, folder } = options;
  const begun = steady.now();
  try {
    await assertFreeSpace(folder, options.minFreeBytes ?? MIN_FREE_BYTES);
    return { assignment: await ask(options), error: null, milliseconds: steady.now() - begun };
  } catch (error) {
    if (shutdown.aborted) return { assignment: null, error: null, milliseconds: 0 };
    if (!(error instanceof AppError)) throw error;
    if (error instanceof UnreadableAssignment) await giveBack(options, error.lease, error.message);
    return { assignment: null, error, milliseconds: 0 };
  }
}

async function ask({ plane, phases, sandbox, shutdown }: LoopOptions): Promise<Assignment | null> {
  const assignment = await plane.lease(
    {
      version: PROTOCOL_VERSION,
      phases: [...phases],
      tier: sandbox.tier,
      tierMissing: [...sandbox.missing],
      waitSeconds: WAIT_SECONDS,
    },
    shutdown,
  );
  if (assignment === null || phases.includes(assignment.phase)) return assignment;
  throw new UnreadableAssignment(assignment, `This runner does not do the phase ${assignment.phase}.`);
}

/** Spread at random, so that runners that lost the plane together do not come back together. */
function waitAfter(options: LoopOptions, { error, milliseconds }: Asked, failures: number): number {
  // A plane that answers "nothing" at once must not be asked in a circle.
  if (error === null) return Math.max(0, SECOND - milliseconds) * Math.random();
  const wait = backOff(failures, error.code === "unavailable" ? 15 * SECOND : MINUTE, Math.random());
  explain(options, error, wait);
  return wait;
}

function explain({ logger }: LoopOptions, error: AppError, wait: number): void {
  const seconds = Math.round(wait / 100) / 10;
  if (error.code === "unauthenticated" || error.code === "forbidden") {
    logger.error(
      { code: error.code, reason: error.message, seconds },
      "the control plane does not accept this runner's key: it was revoked, or never registered there. Asking again later",
    );
  } else {
    logger.warn({ err: error, seconds }, "no work could be asked for, trying again");
  }
}

async function pause({ steady, shutdown, logger }: LoopOptions, milliseconds: number): Promise<void> {
  try {
    await steady.sleep(milliseconds, shutdown);
  } catch (error) {
    if (!shutdown.aborted) throw error;
    logger.debug("the wait was cut short by the shutdown");
  }
}

/** What a killed runner left behind; nothing of it can be running any more. */
async function emptyFolder({ folder, logger }: LoopOptions): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  for (const name of await readdir(folder)) await removeFolder(join(folder, name), logger);
}

async function assertFreeSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  const found = Math.floor((bavail * bsize) / 1024 ** 2);
  throw new AppError(
    "unavailable",
    `Only ${found} MiB are free at ${folder}; a run needs ${needed / 1024 ** 2} MiB.`,
  );
}
