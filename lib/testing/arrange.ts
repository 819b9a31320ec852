// What tests of services start from, made through the services themselves: people, a repository that was read, a
// pilot that is active.
import { ensureRecipeAgent } from "../agents/service.ts";
import type { Role } from "../authz/schema.ts";
import { DAY } from "../clock.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import type { Scope } from "../scope.ts";
import { person, testScope } from "./scopes.ts";

let made = 0;

/** A person with one role on the organisation, and their scope. */
export async function member(seed: Scope, name: string, role: Role): Promise<Scope> {
  const personId = await createPerson(seed, { email: `${name}@example.org`, name });
  await grantRole(seed, { personId, role, pilotId: null });
  return testScope({ roles: [role], actor: person(personId), clock: seed.clock });
}

/** A repository the worker has read: branch main, its head 40 times the letter. */
export async function readyRepository(
  seed: Scope,
  headLetter = "a",
  authority: "own" | "upstream" = "own",
): Promise<string> {
  made += 1;
  const { repositoryId } = await addRepository(seed, {
    name: `repository-${made}`,
    source: `/srv/git/repository-${made}`,
    authority,
  });
  await recordMirror(seed, repositoryId, {
    outcome: "mirrored",
    branch: "main",
    head: headLetter.repeat(40),
    commits: 3,
  });
  return repositoryId;
}

/** The default charter on a repository, sixty days long. */
export function charterFor(seed: Scope, repositoryId: string): Charter {
  const lastDay = new Date(seed.clock.now() + 60 * DAY).toISOString().slice(0, 10);
  return defaultCharter(repositoryId, "main", lastDay);
}

/** An active pilot. `seed` is the installation itself. */
export async function activePilot(seed: Scope, charter: Charter, timeZone = "UTC"): Promise<string> {
  made += 1;
  const { pilotId } = await createDemoPilot(seed, { name: `Pilot ${made}`, timeZone, charter });
  await activateDemoPilot(seed, pilotId);
  return pilotId;
}

/** Everything a run can be launched on. */
export async function arrangeWork(
  seed: Scope,
): Promise<{ agentId: string; repositoryId: string; pilotId: string }> {
  const { agentId } = await ensureRecipeAgent(seed);
  const repositoryId = await readyRepository(seed);
  return { agentId, repositoryId, pilotId: await activePilot(seed, charterFor(seed, repositoryId)) };
}
