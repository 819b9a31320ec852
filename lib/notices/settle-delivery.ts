// Deliveries as the worker takes them and settles them. What it takes it moves on first; killed before it could note
// what became of it, the same delivery is tried again under the same id.
import { type Db, read, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import { composeMessage } from "./compose.ts";
import {
  claimNext,
  findSending,
  giveUpOlder,
  lockState,
  markFails,
  markWorks,
  moveDelivery,
  type SendingChannel,
} from "./delivery-store.ts";
import { composeInvitation } from "./invitations/compose-invitation.ts";
import type { SealedInvitation } from "./invitations/mail-store.ts";
import { CLAIMED_FOR, DOWN_AFTER, GIVE_UP_AFTER, REFUSALS, waitAfter } from "./rules.ts";
import type { ClaimedDelivery, Message } from "./schema.ts";

/** What came of a try. `refused`: the other side works, and does not take this one. Reasons hold nothing secret. */
export type Outcome =
  | { readonly outcome: "sent" }
  | { readonly outcome: "refused"; readonly reason: string }
  | { readonly outcome: "down"; readonly reason: string };

export interface ToSend {
  readonly delivery: ClaimedDelivery;
  readonly channel: SendingChannel;
  readonly message: Message;
  /** Of the person it goes to; null where the channel is one place. */
  readonly address: string | null;
  /** The link of an invitation, sealed to this worker. */
  readonly invitation?: SealedInvitation;
}

/** One for each channel that may be tried now. */
export async function takeDeliveries(scope: Scope, busy: readonly string[] = []): Promise<ClaimedDelivery[]> {
  const now = scope.clock.now();
  return transaction(scope, (tx) => claimNext(tx.db, new Date(now), new Date(now + CLAIMED_FOR), busy));
}

/** Everything that sending needs, as it is now; null where it is no longer to be sent, which is written down. */
export async function prepareDelivery(
  scope: Scope,
  delivery: ClaimedDelivery,
  baseUrl: string,
): Promise<ToSend | null> {
  const now = scope.clock.now();
  const found = await read(scope, async (db) => {
    const channel = await findSending(db, delivery.channelId);
    const composed = channel ? await compose(db, delivery, baseUrl, now) : null;
    const where = { id: delivery.recipient, disabledAt: null };
    const person =
      delivery.recipient === "" ? null : await db.person.findFirst({ where, select: { email: true } });
    return { channel, composed, person };
  });
  const { channel, composed, person } = found;
  const isGone = delivery.recipient !== "" && person === null;
  if (channel && composed && !isGone)
    return { delivery, channel, address: person?.email ?? null, ...composed };
  const reason = delivery.purpose === "invitation" ? LINK_OVER : SETTLED;
  const at = new Date(now);
  await transaction(scope, (tx) =>
    moveDelivery(tx.db, delivery.id, { state: "dropped", nextAt: at, reason, sentAt: null }),
  );
  return null;
}

const SETTLED = "By the time it was to be sent it was settled, or the recipient may no longer see it.";
const LINK_OVER = "By the time it was to be sent its link let nobody in any more: used, ended, or replaced.";

async function compose(
  db: Db,
  delivery: ClaimedDelivery,
  baseUrl: string,
  now: number,
): Promise<Pick<ToSend, "message" | "invitation"> | null> {
  if (delivery.purpose === "invitation") return composeInvitation(db, delivery, baseUrl, now);
  const message = await composeMessage(db, delivery, baseUrl, now);
  return message && { message };
}

/** Open pages look again. */
const SEEN = { channel: "record_grew", payload: "" } as const;

/** Writes down what came of it, and how it goes with its channel. */
export async function settleDelivery(scope: Scope, delivery: ClaimedDelivery, tried: Outcome): Promise<void> {
  switch (tried.outcome) {
    case "sent":
      return noteSent(scope, delivery);
    case "refused":
      return noteRefused(scope, delivery, tried.reason);
    case "down":
      return noteDown(scope, delivery, tried.reason);
  }
}

async function noteSent(scope: Scope, { id, channelId }: ClaimedDelivery): Promise<void> {
  await transaction(scope, async (tx) => {
    const at = new Date(scope.clock.now());
    const { told, failures } = await lockState(tx.db, channelId);
    await markWorks(tx.db, channelId, at);
    await moveDelivery(tx.db, id, { state: "sent", nextAt: at, reason: null, sentAt: at });
    tx.ring(SEEN);
    if (told) tx.record({ kind: "channel.recovered", about: [`channel:${channelId}`], detail: { failures } });
  });
}

/** Tried a few times more: some servers say for good what they mean for the moment. */
async function noteRefused(scope: Scope, { id, attempts }: ClaimedDelivery, reason: string): Promise<void> {
  const now = scope.clock.now();
  const isLast = attempts >= REFUSALS;
  const nextAt = new Date(isLast ? now : now + waitAfter(attempts));
  await transaction(scope, async (tx) => {
    await moveDelivery(tx.db, id, { state: isLast ? "failed" : "waiting", nextAt, reason, sentAt: null });
    tx.ring(SEEN);
  });
}

/** Nothing is tried at the channel before its next turn; what has waited too long is given up. */
async function noteDown(scope: Scope, delivery: ClaimedDelivery, reason: string): Promise<void> {
  const { id, channelId, purpose } = delivery;
  await transaction(scope, async (tx) => {
    const now = scope.clock.now();
    const before = await lockState(tx.db, channelId);
    const failures = before.failures + 1;
    const retryAt = new Date(now + waitAfter(failures));
    const isDown = failures >= DOWN_AFTER;
    await markFails(tx.db, channelId, {
      ...{ failingSince: before.failingSince ?? new Date(now), failures, retryAt, reason },
      told: before.told || isDown,
    });
    // Whoever asked for a test looks at its answer; it is not tried again behind their back.
    const state = purpose === "test" ? "failed" : "waiting";
    await moveDelivery(tx.db, id, { state, nextAt: retryAt, reason, sentAt: null });
    tx.ring(SEEN);
    await giveUpOlder(tx.db, channelId, new Date(now - GIVE_UP_AFTER), reason);
    if (isDown && !before.told)
      tx.record({ kind: "channel.failing", about: [`channel:${channelId}`], detail: { failures } });
  });
}
