// Runners as the product starts them, many in one process: each registers with a token of its own and has its own sandbox.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { type ClosableSandbox, createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { createLogger } from "#lib/logger.ts";
import { makeEnrolment } from "#lib/runners/service.ts";
import { makeScope } from "#lib/scope.ts";
import { createWork } from "#runner/lease/work.ts";
import { startRunner } from "#runner/start.ts";
import type { BenchPlane } from "../place/plane.ts";

/** Above those of deployments and below those of tests. */
const FIRST_SLOT = 30;

const installation = makeScope({
  actor: { kind: "system", name: "bench" },
  grants: [{ role: "administrator", pilotId: null }],
  requestId: newId("request"),
  clock: systemClock,
});

export async function startRunners(
  { url, folder }: BenchPlane,
  count: number,
): Promise<{ stop(): Promise<void> }> {
  process.umask(0o022);
  const shutdown = new AbortController();
  const running: Promise<void>[] = [];
  const sandboxes: ClosableSandbox[] = [];
  const logger = createLogger("bench", pino.destination("/dev/null"));
  for (let index = 0; index < count; index++) {
    const stateFolder = join(folder, `runner-${index}`);
    await mkdir(stateFolder, { mode: 0o711 });
    const { token } = await makeEnrolment(installation, { phases: ["agent"] });
    const enrolmentFile = join(stateFolder, "enrolment");
    await writeFile(enrolmentFile, `${token}\n`, { mode: 0o600 });
    const sandbox = await createSandbox({ slot: FIRST_SLOT + index, stateDirectory: stateFolder, logger });
    sandboxes.push(sandbox);
    const env = {
      ...{ planeUrl: url, stateFolder, agentsFolder: null, enrolmentFile, name: `bench-${index}` },
      ...{ phases: ["agent"] as const, slot: FIRST_SLOT + index },
    };
    const work = createWork({
      drivers: [],
      verify: () => Promise.reject(new Error("Nothing is verified here.")),
    });
    running.push(startRunner({ env, sandbox, work, logger, shutdown: shutdown.signal }));
  }
  return {
    async stop() {
      shutdown.abort(new Error("The bench is over."));
      await Promise.allSettled(running);
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    },
  };
}
