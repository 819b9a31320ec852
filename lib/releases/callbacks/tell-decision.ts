// Decisions as the worker takes them to tell and settles them. What it takes it moves on first; killed before it could
// note what became of it, the same is told again.
import { SECOND } from "../../clock.ts";
import { read, type Tx, transaction } from "../../db.ts";
import { outcomeOf } from "../../gates/outcome.ts";
import { CLAIMED_FOR, GIVE_UP_AFTER, REFUSALS, waitAfter } from "../../notices/rules.ts";
import type { Outcome } from "../../notices/settle-delivery.ts";
import type { Scope } from "../../scope.ts";
import { stopReason } from "../../stops/service.ts";
import { claimCallbacks, postpone, settle } from "../callback-store.ts";
import { callbackOf, releaseStatus } from "../rules.ts";
import { type ReleaseAnswer, ReleaseDocument, type SettledState } from "../schema.ts";
import { findDocument } from "../store.ts";
import type { TakenCallback } from "./schema.ts";

const AT_ONCE = 20;
/** Until a stop is looked at again. */
const UNDER_STOP = 30 * SECOND;

export type Told = NonNullable<ReleaseAnswer["callback"]>;

export interface ToTell {
  readonly callback: TakenCallback;
  readonly told: Told;
}

/** What is decided and may be told now. Nobody is told to deploy under a stop: that waits until it is lifted. */
export async function takeCallbacks(scope: Scope): Promise<ToTell[]> {
  const now = scope.clock.now();
  const taken = await transaction(scope, (tx) =>
    claimCallbacks(tx.db, new Date(now), new Date(now + CLAIMED_FOR), AT_ONCE),
  );
  const ready: ToTell[] = [];
  for (const callback of taken) {
    const told = await read(scope, async (db) => {
      const gate = await outcomeOf(db, callback.gateId);
      const stopped = await stopReason(db, callback.pilotId);
      const told = gate ? callbackOf(releaseStatus(gate.status), callback.environment, gate.digest) : null;
      return told?.state === "approved" && stopped !== null ? null : told;
    });
    if (told) ready.push({ callback, told });
    else await wait(scope, callback, { reason: STOPPED, nextAt: now + UNDER_STOP, isTried: false });
  }
  return ready;
}

const STOPPED = "An emergency stop is on. It is told once that is lifted.";

interface Later {
  readonly reason: string;
  readonly nextAt: number;
  readonly isTried: boolean;
}

const wait = (scope: Scope, { id }: TakenCallback, { reason, nextAt, isTried }: Later) =>
  transaction(scope, async (tx) => {
    await postpone(tx.db, id, { reason, nextAt: new Date(nextAt), isTried });
    tx.ring(SEEN);
  });

/** Open pages look again. */
const SEEN = { channel: "record_grew", payload: "" } as const;

/** `last`: it will never be taken, however often it is told. */
export type CallOutcome = Outcome | { readonly outcome: "last"; readonly reason: string };

export async function settleCallback(
  scope: Scope,
  { callback, told }: ToTell,
  tried: CallOutcome,
): Promise<void> {
  const now = scope.clock.now();
  const state = settledBy(callback, tried, now);
  const reason = tried.outcome === "sent" ? null : tried.reason;
  if (state === null)
    return wait(scope, callback, {
      ...{ reason: reason ?? "", nextAt: now + waitAfter(callback.attempts), isTried: true },
    });
  await transaction(scope, async (tx) => {
    if (!(await settle(tx.db, callback.id, { state, reason, at: new Date(now) }))) return;
    await recordSettled(tx, callback, { state: told.state, outcome: state });
    tx.ring(SEEN);
  });
}

/** Null: it is tried again. */
function settledBy({ attempts, since }: TakenCallback, tried: CallOutcome, now: number): SettledState | null {
  switch (tried.outcome) {
    case "sent":
      return "delivered";
    case "last":
      return "refused";
    case "refused":
      return attempts >= REFUSALS ? "refused" : null;
    case "down":
      // A stop may have lasted for days: it is tried a few times first.
      return attempts >= REFUSALS && now - since.getTime() >= GIVE_UP_AFTER ? "given_up" : null;
  }
}

async function recordSettled(
  tx: Tx,
  { id, releaseId, gateId, pilotId }: TakenCallback,
  settled: { readonly state: Told["state"]; readonly outcome: SettledState },
): Promise<void> {
  tx.record({
    kind: "release.called_back",
    about: [`release:${releaseId}`, `gate:${gateId}`, `pilot:${pilotId}`],
    charter: ReleaseDocument.parse(JSON.parse(await findDocument(tx.db, gateId))).charter,
    detail: { callback: id, ...settled },
  });
}
