import { SECOND } from "#lib/clock.ts";
import { unavailable } from "#lib/errors.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { getRepository } from "#lib/repositories/service.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import type { Workplace } from "../workplace.ts";

const TRIES = 60;

/** The demo's first run, once: waits in the queue until the repository has been read. */
export async function launchDemoRun(
  _workplace: Workplace,
  scope: Scope,
  { pilotId, agentId }: JobPayload<"launch_demo_run">,
): Promise<void> {
  const demo = makeScope({
    ...scope,
    actor: { kind: "system", name: "demo" },
    grants: [{ role: "engineering_lead", pilotId }],
  });
  const { charter } = await getPilot(demo, pilotId);
  await untilRead(demo, charter.charter.scope.repositoryId);
  await launchRun(demo, {
    pilotId,
    agentId,
    title: "Repair the failing tests of tally",
    requestKey: "demo-first-run",
  });
}

/** The queue's own retries grow longer each time; the first reading takes a second or two. */
async function untilRead(scope: Scope, repositoryId: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { state } = await getRepository(scope, repositoryId);
    if (state !== "waiting") return;
    await scope.clock.sleep(SECOND / 2);
  }
  throw unavailable("The demo's repository has not been read yet.");
}
