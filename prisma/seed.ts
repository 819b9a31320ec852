// What a new deployment starts with: its first two people, its agent, enrolments for its own runners, and the
// demo. Everything is made by the product's services and stands in the log. Running it again adds what is missing.
//   node prisma/seed.ts --runner NAME=PHASE,PHASE … [--new NAME …] [--no-demo]
// The last line of output is JSON: {"links": [{"role", "url"}], "enrolments": [{"name", "token"}]}.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { makeOneTimeLink } from "#lib/auth/links.ts";
import type { Role } from "#lib/authz/schema.ts";
import { DAY, systemClock } from "#lib/clock.ts";
import { disconnectDatabase, transaction } from "#lib/db.ts";
import { webEnv } from "#lib/env.ts";
import { refused } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { closeQueue, enqueue } from "#lib/jobs/queue.ts";
import { createPerson, grantRole, listPeople } from "#lib/people/service.ts";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { dayIn } from "#lib/pilots/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { activateDemoPilot, listPilots } from "#lib/pilots/service.ts";
import { createDemoPilot } from "#lib/pilots/write-charter.ts";
import { Phase } from "#lib/protocol/schema.ts";
import { addRepository } from "#lib/repositories/service.ts";
import { listRunners, makeEnrolment } from "#lib/runners/service.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import { buildDemoRepository, DEMO_BRANCH, DEMO_TEST_PLAN } from "../examples/build-demo.ts";

const scope: Scope = makeScope({
  actor: { kind: "system", name: "demo" },
  grants: (["administrator", "engineering_lead", "security_lead"] as const).map((role) => ({
    role,
    pilotId: null,
  })),
  requestId: newId("request", systemClock.now()),
  clock: systemClock,
});

interface FirstPerson {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
}

const FIRST_PEOPLE: readonly FirstPerson[] = [
  {
    name: "Engineering lead",
    email: "engineering@pilothouse.local",
    roles: ["engineering_lead", "administrator"],
  },
  { name: "Security lead", email: "security@pilothouse.local", roles: ["security_lead"] },
];

/** The first people, and a fresh link for each who has not set a password yet. */
async function seedPeople(): Promise<{ role: string; url: string }[]> {
  if ((await listPeople(scope)).length === 0) {
    for (const { name, email, roles } of FIRST_PEOPLE) {
      const personId = await createPerson(scope, { name, email });
      for (const role of roles) await grantRole(scope, { personId, role, pilotId: null });
    }
  }
  const waiting = (await listPeople(scope)).filter(
    (person) => !person.hasPassword && person.disabledAt === null,
  );
  const links: { role: string; url: string }[] = [];
  for (const { id, grants } of waiting) {
    const { path } = await makeOneTimeLink(scope, id);
    links.push({ role: grants[0]?.role ?? "viewer", url: `${webEnv().PILOTHOUSE_URL}${path}` });
  }
  return links;
}

interface RunnerOrder {
  readonly name: string;
  readonly phases: readonly Phase[];
}

function parseRunner(text: string): RunnerOrder {
  const [name = "", phases = ""] = text.split("=");
  return { name, phases: phases.split(",").map((phase) => Phase.parse(phase)) };
}

async function seedEnrolments(
  orders: readonly RunnerOrder[],
  anew: readonly string[],
): Promise<{ name: string; token: string }[]> {
  const known = new Set(
    (await listRunners(scope)).filter((runner) => runner.revokedAt === null).map((runner) => runner.name),
  );
  const enrolments: { name: string; token: string }[] = [];
  for (const { name, phases } of orders) {
    if (known.has(name) && !anew.includes(name)) continue;
    const { token } = await makeEnrolment(scope, { phases: [...phases] });
    enrolments.push({ name, token });
  }
  return enrolments;
}

function demoCharter(repositoryId: string, timeZone: string): Charter {
  const charter = defaultCharter(repositoryId, DEMO_BRANCH, dayIn(timeZone, systemClock.now() + 60 * DAY));
  const { argv, reportPath, harnessPaths, repeats } = DEMO_TEST_PLAN;
  return {
    ...charter,
    environment: {
      ...charter.environment,
      ...{ testArgv: argv, reportPath, harnessPaths, repeats },
      artefactPaths: ["reports"],
    },
  };
}

/** A pilot on a repository with real regressions; its first run is launched as soon as the repository is read. */
async function seedDemo(agentId: string): Promise<void> {
  if ((await listPilots(scope)).length > 0) return;
  const [folder] = webEnv().PILOTHOUSE_ALLOWED_ROOTS;
  if (!folder)
    throw refused("The demo needs a folder for its repository: PILOTHOUSE_ALLOWED_ROOTS is empty.");
  const source = join(folder, "tally.git");
  if (!existsSync(source)) await buildDemoRepository(source);
  const { repositoryId } = await addRepository(scope, {
    name: "tally",
    source,
    branch: DEMO_BRANCH,
    authority: "upstream",
  });
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { pilotId } = await createDemoPilot(scope, {
    name: "Tally repairs",
    timeZone,
    charter: demoCharter(repositoryId, timeZone),
  });
  await activateDemoPilot(scope, pilotId);
  await transaction(scope, (tx) => enqueue(tx, "launch_demo_run", { pilotId, agentId }, pilotId));
}

const { values } = parseArgs({
  options: {
    runner: { type: "string", multiple: true, default: [] },
    new: { type: "string", multiple: true, default: [] },
    "no-demo": { type: "boolean", default: false },
  },
});

try {
  const { agentId } = await ensureRecipeAgent(scope);
  if (!values["no-demo"]) await seedDemo(agentId);
  const enrolments = await seedEnrolments(values.runner.map(parseRunner), values.new);
  const links = await seedPeople();
  process.stdout.write(`${JSON.stringify({ links, enrolments })}\n`);
} finally {
  await closeQueue();
  await disconnectDatabase();
}
