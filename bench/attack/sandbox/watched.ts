// The watched process of a control plane that is attacked.
import { fork } from "node:child_process";
import { once } from "node:events";
import { grantLease } from "#lib/leases/grant-lease.ts";
import type { BenchPlane } from "../../place/plane.ts";
import type { BenchWork } from "../../place/work.ts";
import type { Asked } from "./rounds.ts";

export interface Watched {
  /** Everything it did so far. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Asks for a run that is at work elsewhere, so that none of those after it waits behind it. */
export async function startProbe({ urls }: BenchPlane, work: BenchWork): Promise<Watched> {
  const { runId } = await work.launch("What is asked meanwhile");
  await grantLease(work.runner.scope, work.runner.id, work.request("agent"));
  const probe = fork(new URL("./probe.ts", import.meta.url).pathname, [runId], {
    env: { ...process.env, DATABASE_URL: urls.web },
  });
  const asked: Asked[] = [];
  probe.on("message", (message) => void asked.push(message as Asked));
  const ended = once(probe, "exit");
  return {
    asked,
    async close() {
      probe.kill("SIGTERM");
      await ended;
    },
  };
}
