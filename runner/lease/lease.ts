import type { Clock } from "#lib/clock.ts";
import type { Logger } from "#lib/logger.ts";
import type { Assignment, Finish } from "#lib/protocol/schema.ts";
import type { PlaneClient } from "../plane/client.ts";
import type { PlaneTransfers } from "../plane/transfer.ts";
import type { Transport } from "../plane/transport.ts";
import type { EventStream } from "./event-stream.ts";
import type { GuardedSandbox } from "./guarded-sandbox.ts";
import type { LeaseLife } from "./life.ts";
import type { Traffic } from "./traffic.ts";

export type Plane = PlaneClient & PlaneTransfers & Pick<Transport, "sign">;

/** One lease while it is held. */
export interface Lease {
  readonly assignment: Assignment;
  readonly plane: Plane;
  readonly sandbox: GuardedSandbox;
  readonly life: LeaseLife;
  readonly traffic: Traffic;
  readonly stream: EventStream;
  /** The lease's private folder; gone after it. */
  readonly folder: string;
  /** Dates and signatures. */
  readonly clock: Clock;
  /** Durations. */
  readonly steady: Clock;
  readonly logger: Logger;
}

/** Does what the assignment asks; what it throws becomes a failed finish. Has to stop when `life.over` aborts. */
export type Work = (lease: Lease) => Promise<Finish>;
