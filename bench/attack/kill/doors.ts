// Two ways for a runner to the plane: over the real HTTP API, and straight to the services behind it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { appendRunnerEvents, heartbeat } from "#lib/leases/service.ts";
import { readPrivateKey } from "#lib/protocol/signing.ts";
import { createPlaneClient } from "#runner/plane/client.ts";
import { createPlaneTransfers } from "#runner/plane/transfer.ts";
import { createTransport } from "#runner/plane/transport.ts";
import type { BenchWork } from "../../place/work.ts";
import type { Door, LeaseRef } from "./load.ts";

export function wireDoor(planeUrl: string, folder: string, work: BenchWork, signal: AbortSignal): Door {
  const { id, keys, hostId } = work.runner;
  const privateKey = readPrivateKey(keys.privateKey);
  const identity = () => ({ privateKey, publicKey: keys.publicKey, hostId, runnerId: id });
  const transport = createTransport({ planeUrl, identity, clock: systemClock });
  const client = createPlaneClient(transport);
  const transfers = createPlaneTransfers(transport);
  return {
    lease: () => client.lease(work.request("agent"), signal),
    send: (lease, first, events) => client.events(lease, { first, events: [...events] }, signal),
    async heartbeat(lease) {
      await client.heartbeat(lease, 5 * SECOND, signal);
    },
    async upload(lease, bytes) {
      const file = join(folder, newId("request"));
      await writeFile(file, bytes);
      return transfers.upload(lease, file, AbortSignal.any([signal, AbortSignal.timeout(MINUTE / 2)]));
    },
  };
}

export function serviceDoor({ runner, request }: BenchWork): Door {
  return {
    lease: (): Promise<LeaseRef | null> => grantLease(runner.scope, runner.id, request("agent")),
    async send({ leaseId, attempt }, first, events) {
      const batch = { attempt, first, events: [...events] };
      return (await appendRunnerEvents(runner.scope, leaseId, batch)).acknowledged;
    },
    async heartbeat({ leaseId, attempt }) {
      await heartbeat(runner.scope, leaseId, attempt);
    },
    upload: async () => null,
  };
}
