// Verifies once more what lies in a folder's `collected`: order.json, base.bundle, patch.bundle. Leaves observed.json in the folder.
// It knows no control plane; who started it judges what it saw.
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { steadyClock, systemClock } from "#lib/clock.ts";
import { messageOf, unavailable } from "#lib/errors.ts";
import { MAX_SLOT } from "#lib/jail/bubblewrap/host.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { createLogger } from "#lib/logger.ts";
import { VerifyAssignment } from "#lib/protocol/schema.ts";
import { counter } from "./harness/perform.ts";
import { verify } from "./harness/verify.ts";
import { createSetupCache } from "./setup/cache.ts";
import { prepareSetup } from "./setup/prepare-setup.ts";

/** Runners count from 0; the last ones are the worker's and that of adding programs. */
const SLOT = MAX_SLOT - 2;
const Order = z.object({ assignment: VerifyAssignment });

async function reproduce(folder: string): Promise<void> {
  const collected = (name: string) => join(folder, "collected", name);
  const { assignment } = Order.parse(JSON.parse(await readFile(collected("order.json"), "utf8")));
  const logger = createLogger("runner");
  const [state, lease] = [join(folder, "sandbox"), join(folder, "lease")];
  await mkdir(lease);
  await mkdir(state);
  const sandbox = await createSandbox({ slot: SLOT, stateDirectory: state, logger });
  const signal = AbortSignal.timeout(assignment.maxSeconds * 1000);
  const nextCommand = counter();
  const cache = createSetupCache({ folder: join(folder, "setup"), logger });
  const emit = async () => {};
  const { setup: plan, limits } = assignment;
  try {
    const observed = await verify({
      ...{ assignment, sandbox, clock: steadyClock, signal, directory: lease, emit, nextCommand },
      bundles: { base: collected("base.bundle"), patch: collected("patch.bundle") },
      setUp: plan
        ? ({ repository, commit, from }) =>
            prepareSetup({
              ...{ plan, of: { commit, from }, sandbox, repository, limits, cache, logger },
              ...{ clock: systemClock, signal, nextCommand, emit },
            })
        : null,
    });
    const { attempt } = assignment;
    await writeFile(join(folder, "observed.json"), JSON.stringify({ ...observed, attempt }));
  } catch (error) {
    if (signal.aborted)
      throw unavailable(
        `It did not end within the ${Math.round(assignment.maxSeconds / 60)} minutes that the charter gives a verification: this host is slower, or busy.`,
        error,
      );
    throw error;
  } finally {
    await sandbox.close();
  }
}

process.umask(0o022);
try {
  await reproduce(await realpath(process.argv[2] ?? ""));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
