// What runs are launched on and who works on them, made through the product's own services.
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { sealSession, sessionCookie } from "#lib/auth/session-token.ts";
import { openNewSession } from "#lib/auth/sessions.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { createPerson, grantRole } from "#lib/people/service.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import type { Phase } from "#lib/protocol/schema.ts";
import { PROTOCOL_VERSION } from "#lib/protocol/schema.ts";
import { newRunnerKeys, type RunnerKeys } from "#lib/protocol/signing.ts";
import { recordBaseBundle } from "#lib/repositories/service.ts";
import { registerRunner } from "#lib/runners/register-runner.ts";
import { makeEnrolment } from "#lib/runners/service.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { type Actor, makeScope, type Scope } from "#lib/scope.ts";
import { activePilot, charterFor, readyRepository } from "#lib/testing/arrange.ts";
import type { BenchPlane } from "./plane.ts";

export interface BenchRunner {
  readonly id: string;
  readonly keys: RunnerKeys;
  readonly hostId: string;
  readonly scope: Scope;
}

export interface BenchWork {
  readonly pilotId: string;
  /** Of an engineering lead who is signed in. */
  readonly lead: Scope;
  readonly cookie: { readonly name: string; readonly value: string };
  readonly runner: BenchRunner;
  /** Asks for a lease of this phase, held for at most `waitSeconds`. */
  request(phase: Phase, waitSeconds?: number): LeaseAsked;
  /** A new run, launched as the lead. */
  launch(title: string): Promise<{ runId: string }>;
}

interface LeaseAsked {
  version: number;
  phases: Phase[];
  tier: "strong";
  tierMissing: string[];
  waitSeconds: number;
}

const scopeOf = (actor: Actor, roles: Scope["grants"][number]["role"][]): Scope =>
  makeScope({
    actor,
    grants: roles.map((role) => ({ role, pilotId: null })),
    requestId: newId("request"),
    clock: systemClock,
  });

const installation = scopeOf({ kind: "system", name: "bench" }, ["administrator"]);

/** Room for every run of a bench; everything else as a new charter has it. */
function spacious(charter: Charter): Charter {
  return {
    ...charter,
    controls: { ...charter.controls, maxConcurrentRuns: 20 },
    rollback: { ...charter.rollback, maxRuns: 10_000 },
  };
}

async function addRunner(): Promise<BenchRunner> {
  const phases: Phase[] = ["agent", "verify"];
  const { token } = await makeEnrolment(installation, { phases });
  const keys = newRunnerKeys();
  const hostId = newId("request");
  const application = {
    ...{ version: PROTOCOL_VERSION, enrolmentToken: token, name: "bench", publicKey: keys.publicKey, hostId },
    ...{ phases, tier: "strong" as const, tierMissing: [], slots: 1 },
  };
  const { runnerId } = await registerRunner(installation, application, "127.0.0.1");
  return { id: runnerId, keys, hostId, scope: scopeOf({ kind: "runner", runnerId }, []) };
}

async function signIn(personId: string, url: string): Promise<BenchWork["cookie"]> {
  const { sessionId } = await transaction(installation, (tx) =>
    openNewSession(tx, installation, personId, { address: "127.0.0.1", userAgent: "bench" }),
  );
  return { name: sessionCookie(new URL(url)).name, value: await sealSession(sessionId, 3600) };
}

export async function arrangeBench(plane: BenchPlane): Promise<BenchWork> {
  const { agentId } = await ensureRecipeAgent(installation);
  const repositoryId = await readyRepository(installation);
  const commit = "a".repeat(40);
  await plane.asWorker(() =>
    recordBaseBundle(installation, { repositoryId, commit, sha256: "0".repeat(64), size: 1 }),
  );
  const pilotId = await activePilot(installation, spacious(charterFor(installation, repositoryId)));
  const personId = await createPerson(installation, { name: "Lead", email: "lead@example.org" });
  await grantRole(installation, { personId, role: "engineering_lead", pilotId: null });
  const cookie = await signIn(personId, plane.url);
  const lead = scopeOf({ kind: "user", personId, sessionId: newId("session") }, ["engineering_lead"]);
  const runner = await addRunner();
  return {
    pilotId,
    lead,
    cookie,
    runner,
    request: (phase, waitSeconds = 0) => ({
      ...{ version: PROTOCOL_VERSION, phases: [phase], tier: "strong", tierMissing: [], waitSeconds },
    }),
    launch: (title) => launchRun(lead, { pilotId, agentId, title, requestKey: newId("request") }),
  };
}
