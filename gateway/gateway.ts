// The parts of the gateway put together: what main.ts starts, and what tests hold in their hands.
import type { Clock } from "#lib/clock.ts";
import { MINUTE, SECOND } from "#lib/clock.ts";
import type { Logger } from "#lib/logger.ts";
import type { Admission, RefusalReason } from "#lib/model-calls/schema.ts";
import type { RunnerCredential } from "#lib/runners/schema.ts";
import { type Caller, createAccess } from "./access/authenticate.ts";
import { createLiveCalls, type LiveCalls } from "./access/live-calls.ts";
import { createCalls } from "./calls/make-call.ts";
import { createQueue, type QueueLimits } from "./calls/queue.ts";
import { createRecord } from "./calls/record.ts";
import type { RelayLimits } from "./calls/relay.ts";
import { createBodyReader } from "./http/body.ts";
import { createDoor } from "./http/door.ts";
import { type Listening, openServer } from "./http/server.ts";
import type { Ledger } from "./ledger.ts";
import { createOutbound } from "./policy/outbound.ts";
import { createUpstream, type Timeouts, type Upstream } from "./upstream/exchange.ts";

export interface Limits {
  readonly maxBytes: number;
  readonly maxHeld: number;
  readonly timeouts: Timeouts;
  readonly relay: RelayLimits;
  readonly queue: QueueLimits;
  /** Milliseconds an answer waits for its final record. */
  readonly patience: number;
}

const MEBI = 1024 * 1024;

export const LIMITS: Limits = {
  maxBytes: 32 * MEBI,
  maxHeld: 256 * MEBI,
  timeouts: { connect: 10 * SECOND, firstByte: 10 * MINUTE, idle: 5 * MINUTE, total: 60 * MINUTE },
  relay: { idle: 5 * MINUTE, slowReader: 30 * SECOND, afterLast: SECOND, maxBytes: 64 * MEBI },
  queue: { concurrent: 256, waiting: 1024 },
  patience: 15 * SECOND,
};

export interface GatewayParts {
  readonly gatewayId: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Limits;
  findRunner(runnerId: string): Promise<RunnerCredential | null>;
  unseal(provider: Admission["provider"]): Promise<string>;
  refused(caller: Caller, reason: RefusalReason): void;
}

export interface Gateway {
  readonly port: number;
  readonly live: LiveCalls;
  readonly upstream: Upstream;
  /** Takes nothing new; what is under way has `grace` milliseconds, is cut then, and is settled. */
  stop(grace: number): Promise<void>;
}

export async function openGateway(parts: GatewayParts, listening: Listening): Promise<Gateway> {
  const { ledger, clock, logger, limits } = parts;
  const access = createAccess({ clock, findRunner: parts.findRunner, admit: ledger.admit });
  const live = createLiveCalls(access, clock, logger);
  const record = createRecord({ ledger, clock, logger, patience: limits.patience });
  const upstream = createUpstream(limits.timeouts);
  const calls = createCalls({
    ...{ gatewayId: parts.gatewayId, clock, logger, live, upstream },
    queue: createQueue(limits.queue),
    limits: limits.relay,
    total: limits.timeouts.total,
    open: record.open,
    settle: record.settle,
    unseal: parts.unseal,
  });
  const { maxBytes, maxHeld } = limits;
  const bodies = createBodyReader({ maxBytes, maxHeld });
  const door = createDoor({
    ...{ logger, access, bodies, maxBytes },
    outbound: createOutbound(),
    makeCall: calls.makeCall,
    refused: parts.refused,
  });
  const server = await openServer(listening, door);
  const watching = new AbortController();
  const watch = live.watch(watching.signal);

  async function stop(grace: number): Promise<void> {
    const closed = server.close();
    const over = new AbortController();
    const late = clock.sleep(grace, over.signal).then(
      () => live.cutAll(),
      () => undefined,
    );
    await Promise.race([closed, late]);
    over.abort();
    await record.drained(AbortSignal.timeout(limits.patience));
    server.cut();
    await closed;
    watching.abort();
    await watch;
    upstream.close();
  }

  return { port: server.port, live, upstream, stop };
}
