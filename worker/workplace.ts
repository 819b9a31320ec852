import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type WorkerEnv, workerEnv } from "#lib/env.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { Logger } from "#lib/logger.ts";
import type { Workshop } from "./git/quarantine.ts";
import type { SourcePolicy } from "./git/source/check-source.ts";
import { type Credentials, readCredentials } from "./git/source/credentials.ts";
import { removeLeftKeys } from "./git/ssh/key-files.ts";

/** What every job needs: where things lie, and the wall around git. */
export interface Workplace {
  readonly env: WorkerEnv;
  readonly logger: Logger;
  readonly workshop: Workshop;
  readonly sources: SourcePolicy;
  readonly credentials: Credentials;
  /** Host path of a repository's mirror. */
  mirrorOf(repositoryId: string): string;
}

/** The last slot; runners count from 0. */
const WORKER_SLOT = 183;

export async function openWorkplace(logger: Logger): Promise<Workplace> {
  const env = workerEnv();
  const scratch = join(env.PILOTHOUSE_MIRRORS, "scratch");
  await mkdir(scratch, { recursive: true });
  await chmod(scratch, 0o711); // the sandbox's uid walks through to its own quarantine
  await removeLeftKeys();
  const stateDirectory = join(env.PILOTHOUSE_MIRRORS, "sandbox");
  const sandbox = await createSandbox({ slot: WORKER_SLOT, stateDirectory, logger });
  return {
    env,
    logger,
    workshop: { sandbox, scratch },
    sources: { allowedRoots: env.PILOTHOUSE_ALLOWED_ROOTS, allowedHosts: env.PILOTHOUSE_ALLOWED_HOSTS },
    credentials: env.PILOTHOUSE_GIT_CREDENTIALS
      ? await readCredentials(env.PILOTHOUSE_GIT_CREDENTIALS)
      : new Map(),
    mirrorOf: (repositoryId) => join(env.PILOTHOUSE_MIRRORS, `${repositoryId}.git`),
  };
}
