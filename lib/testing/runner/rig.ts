// A lease of the runner against a scripted plane, with a driver that a test writes itself.
import { onTestFinished } from "vitest";
import { steadyClock, systemClock } from "#lib/clock.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Assignment, Finish } from "#lib/protocol/schema.ts";
import { newRunnerKeys, readPrivateKey } from "#lib/protocol/signing.ts";
import type { AgentDriver, DriverContext, DriverResult } from "#runner/drivers/port.ts";
import { executeLease, type LeaseOptions } from "#runner/lease/execute.ts";
import type { Plane } from "#runner/lease/lease.ts";
import { createWork, type Verify } from "#runner/lease/work.ts";
import { createPlaneClient } from "#runner/plane/client.ts";
import { createPlaneTransfers } from "#runner/plane/transfer.ts";
import { createTransport } from "#runner/plane/transport.ts";
import {
  agentAssignment,
  makeRepository,
  SUMMARY,
  type TestRepository,
  testFolder,
  testLogger,
} from "./parts.ts";
import { createPlainSandbox, type PlainSandbox } from "./plain-sandbox.ts";
import { type ScriptedPlane, startScriptedPlane, TOKEN } from "./scripted-plane.ts";

export type Script = (context: DriverContext) => Promise<DriverResult>;

export interface BegunLease {
  readonly done: Promise<void>;
  readonly sandbox: PlainSandbox;
  /** Parent of the lease's private folder. */
  readonly folder: string;
  readonly shutdown: AbortController;
  /** Log lines. */
  readonly lines: Record<string, unknown>[];
}

export interface LeaseRig {
  readonly plane: ScriptedPlane;
  readonly client: Plane;
  readonly repository: TestRepository;
  begin(script: Script, options?: Partial<LeaseOptions>, assignment?: Partial<Assignment>): BegunLease;
  /** The only finish the plane got, if any. Throws when there are several. */
  finish(): Finish | undefined;
  /** Texts of the notes the plane keeps for the lease. */
  notes(): string[];
}

/** A plane that knows this runner and has its bundles; closed after the test. */
export async function startLeaseRig(): Promise<LeaseRig> {
  const plane = await startScriptedPlane();
  onTestFinished(() => plane.close());
  const repository = makeRepository();
  plane.bundles.set("base", { bytes: repository.baseBundle });
  plane.bundles.set("patch", { bytes: repository.patchBundle });
  const client = await connect(plane);

  function begin(
    script: Script,
    changes: Partial<LeaseOptions> = {},
    assignment: Partial<Assignment> = {},
  ): BegunLease {
    const driver: AgentDriver = { name: "scripted", caps: NO_CAPABILITIES, run: script };
    const sandbox = createPlainSandbox();
    const shutdown = new AbortController();
    const folder = testFolder();
    const { logger, lines } = testLogger();
    const options: LeaseOptions = {
      plane: client,
      sandbox,
      work: createWork({ drivers: [driver], verify: noVerification }),
      clock: systemClock,
      steady: steadyClock,
      logger,
      folder,
      shutdown: shutdown.signal,
      ...changes,
    };
    const whole = { ...agentAssignment({ baseCommit: repository.base }), ...assignment } as Assignment;
    return { done: executeLease(options, whole), sandbox, folder, shutdown, lines };
  }

  return {
    plane,
    client,
    repository,
    begin,
    finish() {
      if (plane.finished.length > 1) throw new Error("The lease was finished more than once.");
      return plane.finished[0]?.finish;
    },
    notes: () =>
      (plane.stored.get("lse_1") ?? []).flatMap(({ kind, body }) => (kind === "note" ? [body.text] : [])),
  };
}

const NO_CAPABILITIES = {
  steer: "none",
  approvals: false,
  resume: false,
  interrupt: false,
  deltas: false,
} as const;

const noVerification: Verify = () => Promise.reject(new Error("No verification in this test."));

/** A client whose key the plane knows. */
export async function connect(plane: ScriptedPlane): Promise<Plane> {
  const keys = newRunnerKeys();
  const hostId = "host-of-the-test";
  let runnerId: string | null = null;
  const identity = () => ({
    privateKey: readPrivateKey(keys.privateKey),
    publicKey: keys.publicKey,
    hostId,
    runnerId,
  });
  const transport = createTransport({ planeUrl: plane.url, identity, clock: systemClock });
  const api = createPlaneClient(transport);
  runnerId = await api.register(
    {
      version: 1,
      enrolmentToken: TOKEN,
      name: "runner-1",
      publicKey: keys.publicKey,
      hostId,
      phases: ["agent", "verify"],
      tier: "weak",
      tierMissing: [],
      slots: 1,
    },
    new AbortController().signal,
  );
  return { ...api, ...createPlaneTransfers(transport), sign: transport.sign };
}

export const note = (text: string): NewEvent => ({ kind: "note", body: { text } });
export const noChange: DriverResult = { outcome: "no_change", summary: SUMMARY };

/** Starts processes that would outlive everything, and waits until they end. */
export const sleeper: Script = async ({ sandbox, assignment }) => {
  const command = ["sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000"];
  const started = await sandbox.start({ command, limits: assignment.limits });
  const exit = await started.exited;
  return { outcome: "failed", reason: `The sleeper ended by ${exit.ended}.` };
};
