// What six weeks of a pilot are played on: a charter with tripwires, two agents with models, people, a runner, and a branch
// that agents and people merge into. Everything is made by the services, each as the process that would.
import { generateKeyPairSync } from "node:crypto";
import { AgentSettings } from "../../agents/schema.ts";
import { createAgent } from "../../agents/service.ts";
import { SECOND } from "../../clock.ts";
import type { ProcessName } from "../../migrate/roles.ts";
import type { Charter } from "../../pilots/schema.ts";
import { setPrice } from "../../prices/service.ts";
import { publishGatewayKey } from "../../providers/gateway-side.ts";
import { setKey } from "../../providers/keys.ts";
import { createProvider } from "../../providers/service.ts";
import { recordMirror } from "../../repositories/service.ts";
import type { Scope } from "../../scope.ts";
import { rawPublicKey } from "../../sealing/hpke.ts";
import { carryOutSteps } from "../../tripwires/carry-out-steps.ts";
import { Tripwire } from "../../tripwires/schema.ts";
import { watchWires } from "../../tripwires/watch-wires.ts";
import { readWire } from "../../tripwires/wire-line.ts";
import { activePilot, charterFor, member, readyRepository } from "../arrange.ts";
import type { TestDatabase } from "../database.ts";
import { asProcess, enrol } from "../journey.ts";
import { PROVIDER_KEY, RATES } from "../model-scene.ts";
import { systemActor, type TestClock, testClock, testScope } from "../scopes.ts";
import { webTestEnv } from "../web-env.ts";

/** The first three are made to trip, once each; the others watch and never do. */
export const WIRES = {
  spend: "spend > 20 over 24 hours; pause, cancel_runs, escalate",
  reverts: "reverted_merges >= 3 over 24 hours; pause, freeze_merges, escalate",
  denied: "denied_hosts >= 50 over 1 hour; pause, revoke_tokens, escalate",
  failures: "failed_runs >= 15 over 24 hours; pause",
  escapes: "escaped_rate > 90 % over 14 days; at least 5; pause, freeze_merges",
  incidents: "incidents >= 9 over 7 days; warn",
  critical: "critical_findings >= 1 over 24 hours; pause, revoke_tokens",
  silence: "launched_runs < 1 over 21 days; warn",
} as const;
export type WireName = keyof typeof WIRES;

/** Of its charter: few, so that weeks say numbers too. */
export const MINIMUM_SAMPLE = 2;

function wireOf(line: string): Tripwire {
  const read = readWire(line);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
}

export interface Stage {
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly timeZone: string;
  readonly pilotId: string;
  readonly repositoryId: string;
  /** Two, of two models. */
  readonly agents: readonly [string, string];
  readonly runner: Scope;
  readonly gateway: Scope;
  /** Launches, and asks for what others decide. */
  readonly lead: Scope;
  readonly reviewer: Scope;
  readonly security: Scope;
  /** Reports from outside. */
  readonly operator: Scope;
  readonly worker: Scope;
  /** Commits of the branch, oldest first. */
  readonly branch: string[];
  as<T>(name: ProcessName, work: () => Promise<T>): Promise<T>;
  /** Lets time pass, never back. */
  until(moment: number): void;
  /** A new head of the branch, which the mirror sees at once. */
  push(): Promise<string>;
  /** A second later the worker looks at every wire, and does what is left to do. */
  beat(): Promise<void>;
}

const DEPTH = 40;
/** A commit that tells its place on the branch of one pilot. */
export const commitAt = (index: number): string => index.toString(16).padStart(DEPTH, "c");

export async function openStage(database: TestDatabase, timeZone: string, begins: number): Promise<Stage> {
  webTestEnv();
  process.env.PILOTHOUSE_GATEWAY_URL = "http://127.0.0.1:4310";
  await openMonths(database, begins);
  const clock = testClock(begins);
  let acting: ProcessName = "web";
  /** Whoever acts already goes on without connecting anew. */
  async function as<T>(name: ProcessName, work: () => Promise<T>): Promise<T> {
    if (acting === name) return work();
    const before = acting;
    acting = name;
    try {
      return await asProcess(database, name, work);
    } finally {
      acting = before;
    }
  }
  const seed = testScope({
    ...{ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock },
  });
  const operator = testScope({ roles: ["administrator"], actor: systemActor("operator"), clock });
  const gateway = testScope({ actor: systemActor("gateway"), clock });
  const worker = testScope({ actor: systemActor("worker"), clock });
  const { privateKey } = generateKeyPairSync("x25519");
  await as("gateway", () => publishGatewayKey(gateway, rawPublicKey(privateKey)));
  const agents = [await newAgent(operator, "model-1"), await newAgent(operator, "model-2")] as const;
  const repositoryId = await readyRepository(seed);
  const pilotId = await activePilot(seed, sixWeeksCharter(charterFor(seed, repositoryId)), timeZone);
  const branch: string[] = [];
  const stage: Stage = {
    ...{ database, clock, timeZone, pilotId, repositoryId, agents, gateway, operator, worker, branch, as },
    runner: await enrol(seed, "r"),
    lead: await member(seed, "lead", "engineering_lead"),
    reviewer: await member(seed, "reviewer", "reviewer"),
    security: await member(seed, "security", "security_lead"),
    until: (moment) => clock.advance(Math.max(0, moment - clock.now())),
    async push() {
      const head = await appendCommit(stage);
      const report = { outcome: "mirrored", branch: "main", head, commits: branch.length + 3 } as const;
      await recordMirror(worker, repositoryId, report);
      return head;
    },
    async beat() {
      clock.advance(SECOND);
      await as("worker", async () => {
        await watchWires(worker);
        await carryOutSteps(worker);
      });
    },
  };
  await stage.push();
  return stage;
}

/** Months for events of a time that the database's own clock is nowhere near. */
async function openMonths({ owner }: TestDatabase, begins: number): Promise<void> {
  for (let ahead = 0; ahead < 3; ahead++) {
    const { rows } = await owner.query<{ name: string; low: string; high: string; is_there: boolean }>(
      `select name, run_id_bound(month at time zone 'UTC') as low, run_id_bound((month + interval '1 month') at time zone 'UTC') as high,
         to_regclass('public.' || name) is not null as is_there
       from (select month, 'run_event_' || to_char(month, 'YYYY_MM') as name
         from (select date_trunc('month', $1::timestamptz at time zone 'UTC') + make_interval(months => $2) as month) m) n`,
      [new Date(begins), ahead],
    );
    for (const { name, low, high, is_there } of rows)
      if (!is_there)
        await owner.query(
          `create table ${name} partition of run_event for values from ('${low}') to ('${high}')`,
        );
  }
}

/** Its base can be handed out, as the worker makes it so. */
export async function appendCommit({ database, branch, repositoryId }: Stage): Promise<string> {
  const head = commitAt(branch.push("") - 1);
  branch[branch.length - 1] = head;
  await database.owner.query("insert into base_bundle values ($1, $2, $3, 1, now())", [
    ...[repositoryId, head, "0".repeat(64)],
  ]);
  return head;
}

async function newAgent(admin: Scope, model: string): Promise<string> {
  const baseUrl = "https://models.example.org/v1";
  const provider = { name: `Of ${model}`, kind: "openai_compatible", baseUrl, settings: {} } as const;
  const { providerId } = await createProvider(admin, provider);
  await setKey(admin, { providerId, key: PROVIDER_KEY });
  await setPrice(admin, { providerId, model, replaces: 0, rates: RATES });
  const settings = AgentSettings.parse({});
  const agent = { name: `Agent of ${model}`, driver: "openai", providerId, model, settings } as const;
  return (await createAgent(admin, agent)).agentId;
}

/** Agents are kept out for its first week. */
const sixWeeksCharter = (charter: Charter): Charter => ({
  ...charter,
  goal: { ...charter.goal, baselineDays: 7 },
  kpis: { ...charter.kpis, minimumSample: MINIMUM_SAMPLE },
  controls: {
    ...charter.controls,
    ...{ maxConcurrentRuns: 5, budgetRunCents: 10_000, budgetDayCents: 20_000, budgetPilotCents: 100_000 },
  },
  rollback: {
    ...charter.rollback,
    ...{ pauseAfterFailedRuns: 50, maxRuns: 5_000, tripwires: Object.values(WIRES).map(wireOf) },
  },
});
