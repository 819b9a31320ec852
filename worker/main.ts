// The worker: git, imports, merges, and what happens by the clock.
import { PgBoss } from "pg-boss";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { JOBS, type JobName, type JobPayload } from "#lib/jobs/schema.ts";
import { createLogger } from "#lib/logger.ts";
import type { Scope } from "#lib/scope.ts";
import { comparePatches } from "./jobs/compare-patches.ts";
import { importPatch } from "./jobs/import-patch.ts";
import { launchDemoRun } from "./jobs/launch-demo-run.ts";
import { mirrorRepository } from "./jobs/mirror-repository.ts";
import { publishMerge } from "./jobs/publish-merge.ts";
import { readForgeRules } from "./jobs/read-forge-rules.ts";
import { runLoops } from "./loops.ts";
import { workerScope } from "./scope.ts";
import { standBack } from "./stand-back.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

type Handlers = {
  [N in JobName]: (workplace: Workplace, scope: Scope, payload: JobPayload<N>) => Promise<void>;
};

const HANDLERS: Handlers = {
  mirror_repository: mirrorRepository,
  compare_patches: comparePatches,
  import_patch: importPatch,
  publish_merge: publishMerge,
  read_forge_rules: readForgeRules,
  launch_demo_run: launchDemoRun,
};

// A retry sends no notification, so the poll behind LISTEN has to be as quick as the plain one.
const WORK = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2, batchSize: 1 } as const;

async function take<N extends JobName>(boss: PgBoss, workplace: Workplace, name: N): Promise<void> {
  await boss.work<unknown>(name, WORK, async (jobs) => {
    for (const job of jobs) {
      const started = performance.now();
      const payload = JOBS[name].parse(job.data) as JobPayload<N>;
      await HANDLERS[name](workplace, workerScope(), payload).catch((err: unknown) => {
        workplace.logger.error({ err, job: name, payload }, "a job failed; the queue tries it again");
        throw err;
      });
      workplace.logger.info(
        { job: name, payload, milliseconds: Math.round(performance.now() - started) },
        "job done",
      );
    }
  });
}

async function main(): Promise<void> {
  standBack();
  const logger = createLogger("worker");
  const workplace = await openWorkplace(logger);
  const ending = new AbortController();
  const boss = new PgBoss({
    connectionString: workplace.env.DATABASE_URL,
    migrate: false,
    schedule: false,
    superviseIntervalSeconds: 1,
    useListenNotify: true,
    max: 4,
  });
  boss.on("error", (err) => logger.error({ err }, "queue"));
  await boss.start();
  for (const name of Object.keys(HANDLERS) as JobName[]) await take(boss, workplace, name);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ending.abort());
  logger.info({ tier: workplace.workshop.sandbox.tier }, "worker is ready");
  await runLoops(workplace, ending.signal);
  await boss.stop({ graceful: true, timeout: 4000 });
  await closeQueue();
  await disconnectDatabase();
}

await main();
