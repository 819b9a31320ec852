// The runner put together: identity, registration, then the lease loop.
import { join } from "node:path";
import { type Clock, steadyClock, systemClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { Logger } from "#lib/logger.ts";
import type { RunnerEnv } from "./env.ts";
import type { Work } from "./lease/lease.ts";
import { leaseUntilShutdown } from "./lease/loop.ts";
import { createPlaneClient, type PlaneClient } from "./plane/client.ts";
import { enrol } from "./plane/enrol.ts";
import { type Identity, loadIdentity, rememberRegistration, runnerFolder } from "./plane/identity.ts";
import { untilAnswered } from "./plane/retry.ts";
import { lockFolder } from "./plane/state-folder.ts";
import { createPlaneTransfers } from "./plane/transfer.ts";
import { createTransport } from "./plane/transport.ts";

export interface RunnerParts {
  readonly env: RunnerEnv;
  readonly sandbox: Sandbox;
  readonly work: Work;
  readonly logger: Logger;
  readonly shutdown: AbortSignal;
  readonly clock?: Clock;
  readonly steady?: Clock;
}

/** Resolves after the shutdown. Throws an AppError whose message says what the operator has to mend. */
export async function startRunner(parts: RunnerParts): Promise<void> {
  const { env, sandbox, work, logger, shutdown, clock = systemClock, steady = steadyClock } = parts;
  let identity = await loadIdentity(env.stateFolder, env.name, env.planeUrl);
  const folder = runnerFolder(env.stateFolder, env.name);
  const lock = await lockFolder(folder);
  try {
    const transport = createTransport({ planeUrl: env.planeUrl, identity: () => identity, clock });
    const client = createPlaneClient(transport);
    if (identity.runnerId === null) {
      const runnerId = await register(client, identity, parts, steady);
      if (runnerId === null) return;
      await rememberRegistration(env.stateFolder, env.name, { plane: env.planeUrl, runnerId });
      identity = { ...identity, runnerId };
      logger.info({ runnerId, name: env.name }, `registered at ${env.planeUrl}`);
    }
    await leaseUntilShutdown({
      plane: { ...client, ...createPlaneTransfers(transport), sign: transport.sign },
      sandbox,
      work,
      clock,
      steady,
      logger: logger.child({ runnerId: identity.runnerId }),
      folder: join(folder, "leases"),
      shutdown,
      phases: env.phases,
    });
  } finally {
    lock.close();
  }
}

/** Waits for a plane that is not up yet; a plane that refuses is not asked twice. Null when the shutdown came first. */
async function register(
  client: PlaneClient,
  identity: Identity,
  { env, sandbox, logger, shutdown }: RunnerParts,
  clock: Clock,
): Promise<string | null> {
  const self = {
    name: env.name,
    phases: [...env.phases],
    tier: sandbox.tier,
    tierMissing: [...sandbox.missing],
    slots: 1,
  };
  const patience = { clock, signal: shutdown, logger, what: "registering", isPassing: isOutage };
  try {
    return await untilAnswered(
      () => enrol(client, { identity, self, enrolmentFile: env.enrolmentFile }, shutdown),
      patience,
    );
  } catch (error) {
    if (shutdown.aborted) return null;
    throw error;
  }
}

const isOutage = (error: unknown): boolean => error instanceof AppError && error.code === "unavailable";
