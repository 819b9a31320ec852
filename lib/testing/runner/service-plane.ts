// The control plane as a runner in the same process sees it: its services on a real database, without HTTP between them. The
// base alone comes from the test.
import { createReadStream } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { readInbox } from "#lib/leases/read-inbox.ts";
import { appendRunnerEvents, finishLease, heartbeat, markPrepared } from "#lib/leases/service.ts";
import { openBundle, takeBundle, takeSnapshot } from "#lib/leases/transfers.ts";
import type { AgentAssignment } from "#lib/protocol/schema.ts";
import { newRunnerKeys, readPrivateKey } from "#lib/protocol/signing.ts";
import { registerRunner } from "#lib/runners/register-runner.ts";
import { makeEnrolment } from "#lib/runners/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { noteStopped } from "#lib/stop-times/service.ts";
import type { Plane } from "#runner/lease/lease.ts";
import { createTransport } from "#runner/plane/transport.ts";
import { takeArtefact } from "../../artefacts/hand-in.ts";
import { systemClock } from "../../clock.ts";
import { systemActor, testScope } from "../scopes.ts";

export interface TestRunner {
  readonly scope: Scope;
  readonly plane: Plane;
  /** The lease of this run; nothing else may wait before it. */
  lease(runId: string): Promise<AgentAssignment>;
}

const POLL = 25;

export async function openTestRunner(seed: Scope, name: string, baseBundle: string): Promise<TestRunner> {
  const security = testScope({ roles: ["security_lead"], actor: systemActor("demo"), clock: seed.clock });
  const { token } = await makeEnrolment(security, { phases: ["agent"] });
  const keys = newRunnerKeys();
  const { runnerId } = await registerRunner(
    seed,
    {
      ...{ version: 1, enrolmentToken: token, name, publicKey: keys.publicKey, hostId: `host-of-${name}` },
      ...{ phases: ["agent"], tier: "strong", tierMissing: [], slots: 1 },
    },
    "192.0.2.7",
  );
  const scope = testScope({ actor: { kind: "runner", runnerId }, clock: seed.clock });
  const privateKey = readPrivateKey(keys.privateKey);
  const identity = () => ({ privateKey, publicKey: keys.publicKey, hostId: "", runnerId });
  const { sign } = createTransport({ planeUrl: "http://127.0.0.1:1", identity, clock: systemClock });
  return {
    scope,
    plane: { ...planeOf(scope, baseBundle), sign },
    async lease(runId) {
      const request = { version: 1, phases: ["agent" as const], tier: "strong" as const };
      const assignment = await grantLease(scope, actorId(scope.actor), {
        ...request,
        tierMissing: [],
        waitSeconds: 0,
      });
      if (assignment?.runId !== runId || assignment.phase !== "agent")
        throw new Error(`${assignment?.runId ?? "nothing"} was offered, not ${runId}`);
      return assignment;
    },
  };
}

/** Everything but the signing of calls to models. */
export function planeOf(scope: Scope, baseBundle: string): Omit<Plane, "sign"> {
  return {
    register: () => Promise.reject(new Error("It is registered.")),
    lease: () => Promise.reject(new Error("The test asks for the lease.")),
    heartbeat: ({ leaseId, attempt, budget }) => heartbeat(scope, leaseId, attempt, budget),
    events: async ({ leaseId, attempt }, batch) =>
      (await appendRunnerEvents(scope, leaseId, { attempt, ...batch })).acknowledged,
    prepared: ({ leaseId, attempt }) => markPrepared(scope, leaseId, attempt),
    async inbox({ leaseId, attempt }, { after, waitSeconds }, signal) {
      for (const end = Date.now() + waitSeconds * 1000; ; ) {
        const { items } = await readInbox(scope, leaseId, { attempt, after, givesBack: true });
        if (items.length > 0 || Date.now() >= end) return items;
        await systemClock.sleep(POLL, signal);
      }
    },
    stopped: ({ leaseId, attempt }, silentMs) => noteStopped(scope, leaseId, { attempt, silentMs }),
    async finish({ leaseId }, finish) {
      await finishLease(scope, leaseId, finish);
    },
    async upload({ leaseId, attempt }, file, _signal, what) {
      const stream = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
      const take = what === "snapshot" ? takeSnapshot : takeBundle;
      return (await take(scope, leaseId, attempt, stream)).blobId;
    },
    async uploadArtefact({ leaseId, attempt }, file, path) {
      const stream = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
      return (await takeArtefact(scope, { leaseId, attempt, path }, stream)).artefactId;
    },
    async download({ leaseId, attempt }, name, to) {
      if (name === "base") return copyFile(baseBundle, to);
      const { stream } = await openBundle(scope, leaseId, attempt, name);
      await writeFile(to, await buffer(stream));
    },
  };
}
