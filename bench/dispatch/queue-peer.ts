// The peer: a bare pg-boss job, from enqueueing to the start of its handler, woken by LISTEN as its authors advise
// for low latency. It decides nothing: no charter, no stop, no record, no lease that fences.
import { PgBoss } from "pg-boss";

const QUEUE = "dispatch";

export interface QueuePeer {
  /** Milliseconds from `send` to the handler's start, and from the resolved `send`. */
  roundTrip(): Promise<{ whole: number; afterCommit: number }>;
  close(): Promise<void>;
}

export async function openQueuePeer(connectionString: string): Promise<QueuePeer> {
  const boss = new PgBoss({
    connectionString,
    schema: "bench_peer",
    useListenNotify: true,
    supervise: false,
    schedule: false,
  });
  const failures: Error[] = [];
  boss.on("error", (error) => void failures.push(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true });
  let arrived = Promise.withResolvers<number>();
  await boss.work(QUEUE, async () => arrived.resolve(performance.now()));
  return {
    async roundTrip() {
      arrived = Promise.withResolvers();
      const began = performance.now();
      await boss.send(QUEUE, { run: "run_1" });
      const sent = performance.now();
      const at = await arrived.promise;
      if (failures[0]) throw failures[0];
      return { whole: at - began, afterCommit: Math.max(0, at - sent) };
    },
    close: () => boss.stop({ graceful: false }),
  };
}
