// The runner process: leases runs from a control plane and executes them in sandboxes. It knows no database, no
// provider and no forge; all it holds is its own key.
import { SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { createLogger } from "#lib/logger.ts";
import { recipe } from "./drivers/recipe/driver.ts";
import { readEnv } from "./env.ts";
import { verify } from "./harness/verify.ts";
import { createWorker } from "./lease/work.ts";
import { ensurePrivateFolder } from "./plane/state-folder.ts";
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

try {
  const env = readEnv(process.env);
  await ensurePrivateFolder(env.stateFolder);
  const sandbox = await createSandbox({ slot: env.slot, stateDirectory: env.stateFolder, logger });
  const work = createWorker({ drivers: [recipe], verify });
  await startRunner({ env, sandbox, work, logger, shutdown: shutdown.signal });
  process.exit(0);
} catch (error) {
  if (shutdown.signal.aborted) process.exit(0);
  if (error instanceof AppError) logger.fatal(error.message);
  else logger.fatal({ err: error }, "the runner stopped unexpectedly");
  process.exit(1);
}
