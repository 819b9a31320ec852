import { unavailable } from "#lib/errors.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { getRepository } from "#lib/repositories/service.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import type { Workplace } from "../workplace.ts";

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
  const repository = await getRepository(demo, charter.charter.scope.repositoryId);
  if (repository.state === "waiting") throw unavailable("The demo's repository has not been read yet.");
  await launchRun(demo, {
    pilotId,
    agentId,
    title: "Repair the failing tests of tally",
    requestKey: "demo-first-run",
  });
}
