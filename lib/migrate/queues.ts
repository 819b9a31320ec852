// pg-boss's own schema and our queues, made by the owner: the processes run it with `migrate: false`.
import type pg from "pg";
import { PgBoss } from "pg-boss";

export const QUEUE_SCHEMA = "pgboss";

/**
 * `short`: of one key only one job waits at a time, so sending again what is queued already is no second
 * job. Jobs without a key share the empty one. A worker that dies is noticed by its missing heartbeat.
 */
const QUEUE_OPTIONS = {
  policy: "short",
  notify: true,
  retryLimit: 5,
  retryBackoff: true,
  retryDelay: 1,
  retryDelayMax: 60,
  heartbeatSeconds: 10,
} as const;

const GRANTS = `
  grant usage on schema ${QUEUE_SCHEMA} to ph_web, ph_worker;
  grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ph_web, ph_worker;
  grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to ph_web, ph_worker;
  grant execute on all functions in schema ${QUEUE_SCHEMA} to ph_web, ph_worker;
`;

/** Brings the queue schema and every queue in `names` up to date and lets web and worker use them. */
export async function ensureQueues(
  client: pg.ClientBase,
  ownerUrl: string,
  names: readonly string[],
): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: QUEUE_SCHEMA,
    max: 2,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  let failure: unknown;
  boss.on("error", (error) => {
    failure = error;
  });
  await boss.start();
  try {
    for (const name of names) {
      if (await boss.getQueue(name)) continue;
      await boss.createQueue(name, QUEUE_OPTIONS);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (failure) throw failure;
  await client.query(GRANTS);
}
