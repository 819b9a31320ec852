// A control plane beside the attack: its database, its gateway, its notary and its monitor are the product's. Agents attack in
// runs of it, and how quickly it answers meanwhile is measured in a process of its own.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openUpstream } from "#gateway/testing/upstream.ts";
import { systemClock } from "#lib/clock.ts";
import { followLog } from "#lib/findings/follow-log.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { newId } from "#lib/ids.ts";
import type { ClosableSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { createLogger } from "#lib/logger.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import { createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { connectNotary } from "#notary/lead.ts";
import { createNotary } from "#notary/tick.ts";
import { arrangeAgent } from "../../gateway/arrange.ts";
import { startGateway } from "../../gateway/processes.ts";
import { type BenchPlane, openPlane } from "../../place/plane.ts";
import { arrangeBench, type BenchWork } from "../../place/work.ts";
import { openAgentRuns, type RunAttack } from "./agent-runs.ts";
import type { Asked } from "./rounds.ts";
import { startProbe } from "./watched.ts";

export interface AttackedPlane {
  /** What agents are made to do in runs of this plane. */
  readonly attack: RunAttack;
  /** Rules that struck in a run so far. */
  found(runId: string): Promise<ReadonlySet<string>>;
  /** Everything the watched process did so far. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const scopeOf = (name: string, ...roles: Scope["grants"][number]["role"][]): Scope =>
  makeScope({
    actor: { kind: "system", name },
    grants: roles.map((role) => ({ role, pilotId: null })),
    requestId: newId("request"),
    clock: systemClock,
  });

const security = () => scopeOf("bench", "security_lead", "engineering_lead");

async function startNotary({ folder, urls }: BenchPlane) {
  const folders = { log: join(folder, "log"), own: join(folder, "notary") };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  const logger = createLogger("notary", { write: () => undefined });
  const client = await connectNotary(urls.notary, "bench");
  const alarms = createAlarms(client, logger);
  const given = { folders, given: {}, disk: realDisk, clock: systemClock, logger, alarms };
  return { client, notary: createNotary({ client, ...given, at: () => undefined }) };
}

async function openRuns(plane: BenchPlane, work: BenchWork, sandbox: ClosableSandbox) {
  const upstream = await openUpstream((_asked, response) => void response.writeHead(500).end());
  const own = join(plane.folder, "gateway");
  await mkdir(own, { mode: 0o700 });
  const gateway = await startGateway(plane.urls.gateway, own);
  process.env.PILOTHOUSE_GATEWAY_URL = `http://127.0.0.1:${gateway.port}`;
  const agentId = await arrangeAgent(`${upstream.url}/v1`);
  const launch = async () => {
    const { lead, pilotId } = work;
    const run = { pilotId, agentId, title: "Get out", task: "Get out.", requestKey: newId("request") };
    return (await launchRun(lead, run)).runId;
  };
  const folder = join(plane.folder, "attack");
  const attack = await openAgentRuns({ scope: security(), sandbox, folder, upstream, launch });
  return {
    attack,
    async close() {
      await gateway.stop();
      await upstream.close();
    },
  };
}

export async function openAttackedPlane(sandbox: ClosableSandbox): Promise<AttackedPlane> {
  const plane = await openPlane();
  const work = await arrangeBench(plane);
  const { client, notary } = await startNotary(plane);
  const probe = await startProbe(plane, work);
  const runs = await openRuns(plane, work, sandbox);
  return {
    asked: probe.asked,
    attack: runs.attack,
    async found(runId) {
      while ((await notary.tick()).isBehind);
      await plane.asWorker(() => followLog(scopeOf("worker")));
      return new Set((await listFindingsOfRun(security(), runId)).map(({ rule }) => rule.id));
    },
    async close() {
      await probe.close();
      await runs.close();
      await client.end();
      await plane.close();
    },
  };
}
