// The runner process: leases runs from a control plane and executes them in sandboxes. It knows no database, no
// provider and no forge; all it holds is its own key.
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { SECOND, steadyClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { createLogger } from "#lib/logger.ts";
import { createClaude } from "./drivers/claude/driver.ts";
import { codex } from "./drivers/codex/driver.ts";
import { createOpenai } from "./drivers/openai/driver.ts";
import { recipe } from "./drivers/recipe/driver.ts";
import { readEnv } from "./env.ts";
import { verify } from "./harness/verify.ts";
import { createWork } from "./lease/work.ts";
import { runnerFolder } from "./plane/identity.ts";
import { ensurePrivateFolder } from "./plane/state-folder.ts";
import { createSetupCache } from "./setup/cache.ts";
import { readRegistries } from "./setup/registries.ts";
import { startRunner } from "./start.ts";

/** The supervisor waits five seconds; sandboxes die with this process in any case. */
const LONGEST_SHUTDOWN = 4.5 * SECOND;

const logger = createLogger("runner");
const shutdown = new AbortController();

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    logger.info({ signal }, "shutting down");
    setTimeout(() => process.exit(1), LONGEST_SHUTDOWN).unref();
    shutdown.abort(new Error("The runner is shutting down."));
  });
}

// Modes are chosen file by file; what a sandbox's own user has to read must not depend on the caller's umask.
process.umask(0o022);

async function main(): Promise<void> {
  const env = readEnv(process.env);
  await ensurePrivateFolder(env.stateFolder);
  const stateFolder = await realpath(env.stateFolder);
  const sandbox = await createSandbox({ slot: env.slot, stateDirectory: stateFolder, logger });
  try {
    const drivers = [
      recipe,
      createOpenai({ stateFolder, uid: sandbox.uid }),
      codex({ agents: env.agentsFolder, clock: steadyClock }),
      createClaude({ agents: env.agentsFolder, stateFolder, uid: sandbox.uid, clock: steadyClock }),
    ];
    const folder = join(runnerFolder(stateFolder, env.name), "setup");
    const setup = {
      cache: createSetupCache({ folder, logger }),
      registries: () => readRegistries(stateFolder),
    };
    const work = createWork({ drivers, verify, setup });
    await startRunner({ env: { ...env, stateFolder }, sandbox, work, logger, shutdown: shutdown.signal });
  } finally {
    await sandbox.close();
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  if (error instanceof AppError) logger.fatal(error.message);
  else logger.fatal({ err: error }, "the runner stopped unexpectedly");
  process.exit(1);
}
