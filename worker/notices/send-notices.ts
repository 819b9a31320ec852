// Sends what waits: at most one at a time to each channel, all channels beside each other, until nothing is left that may
// be tried now.
import type { KeyObject } from "node:crypto";
import { systemClock } from "#lib/clock.ts";
import type { Logger } from "#lib/logger.ts";
import { type ClaimedDelivery, PagerDutySettings } from "#lib/notices/schema.ts";
import {
  type Outcome,
  prepareDelivery,
  settleDelivery,
  type ToSend,
  takeDeliveries,
} from "#lib/notices/settle-delivery.ts";
import type { Scope } from "#lib/scope.ts";
import { openChannelSecret } from "#lib/sealing/channel-secret.ts";
import { openInvitationLink } from "#lib/sealing/invitation-link.ts";
import { sendMail } from "./mail.ts";
import { down, reasonOf, refusedBy, Unreachable } from "./outcome.ts";
import { PAGERDUTY, pagerDutyPosting } from "./pagerduty.ts";
import { judgeStatus, type PostLimits, post } from "./post.ts";
import { slackPosting } from "./slack.ts";
import { webhookPosting } from "./webhook.ts";
import type { Invited } from "./words.ts";

export interface Sending {
  /** Opens what channels' secrets are sealed to. */
  readonly privateKey: KeyObject;
  /** Address people open, in links. */
  readonly baseUrl: string;
  readonly limits: PostLimits;
  /** Where events go instead, in tests. */
  readonly pagerDuty?: Readonly<Record<"us" | "eu", string>>;
  readonly logger: Pick<Logger, "warn">;
}

/** Some a turn, so that the loop hears when it is to end. */
const MOST_A_TURN = 200;
/** What comes while a slow channel is waited for is looked for so often, in milliseconds. */
const LOOK_AGAIN = 500;

export async function sendNotices(scope: Scope, sending: Sending): Promise<number> {
  const underWay = new Map<string, Promise<void>>();
  for (let sent = 0; ; ) {
    const taken = sent < MOST_A_TURN ? await takeDeliveries(scope, [...underWay.keys()]) : [];
    for (const delivery of taken) {
      const { channelId } = delivery;
      const sendingIt = sendOne(scope, sending, delivery).finally(() => underWay.delete(channelId));
      underWay.set(channelId, sendingIt);
    }
    sent += taken.length;
    if (underWay.size === 0) return sent;
    await untilOneEnds([...underWay.values()]);
  }
}

async function untilOneEnds(underWay: readonly Promise<void>[]): Promise<void> {
  const over = new AbortController();
  const pause = systemClock.sleep(LOOK_AGAIN, over.signal).catch(() => undefined); // ended below
  try {
    await Promise.race([...underWay, pause]);
  } finally {
    over.abort("over");
  }
}

async function sendOne(scope: Scope, sending: Sending, delivery: ClaimedDelivery): Promise<void> {
  const ready = await prepareDelivery(scope, delivery, sending.baseUrl);
  if (!ready) return;
  const outcome = await attempt(ready, sending, scope.clock.now());
  if (outcome.outcome !== "sent")
    sending.logger.warn(
      {
        deliveryId: delivery.id,
        channelId: delivery.channelId,
        outcome: outcome.outcome,
        why: outcome.reason,
      },
      "a notice was not taken",
    );
  await settleDelivery(scope, delivery, outcome);
}

async function attempt(ready: ToSend, sending: Sending, now: number): Promise<Outcome> {
  try {
    return await SENDERS[ready.channel.kind](ready, sending, now);
  } catch (error) {
    return down(reasonOf(error));
  }
}

/** In clear for as long as one sending takes; newest first. */
function secretsOf({ channel }: ToSend, { privateKey }: Sending, part: string): string[] {
  return channel.secrets
    .filter((secret) => secret.part === part)
    .map(({ id, sealed }) => {
      try {
        return openChannelSecret(privateKey, { channelId: channel.id, secretId: id, part }, sealed);
      } catch {
        throw new Unreachable("A secret of it cannot be opened by this worker. Set it anew.");
      }
    });
}

/** The link of an invitation, in clear for as long as one sending takes. */
function invitedBy(
  { invitation }: ToSend,
  { privateKey, baseUrl }: Sending,
): Invited | "unreadable" | undefined {
  if (!invitation) return undefined;
  const path = openInvitationLink(privateKey, invitation, invitation.sealed);
  return path === null ? "unreadable" : { link: `${baseUrl}${path}`, endsAt: invitation.expiresAt };
}

const SENDERS: Readonly<
  Record<ToSend["channel"]["kind"], (ready: ToSend, sending: Sending, now: number) => Promise<Outcome>>
> = {
  async webhook(ready, sending, now) {
    const [url = ""] = secretsOf(ready, sending, "url");
    const signing = secretsOf(ready, sending, "signing");
    return judgeStatus(await post(webhookPosting(ready.message, { url, signing, now }), sending.limits));
  },
  async slack(ready, sending, now) {
    const [url = ""] = secretsOf(ready, sending, "url");
    return judgeStatus(await post(slackPosting(ready.message, { url, now }), sending.limits));
  },
  async pagerduty(ready, sending, now) {
    const [routingKey = ""] = secretsOf(ready, sending, "routing_key");
    const { region } = PagerDutySettings.parse(ready.channel.settings);
    const url = (sending.pagerDuty ?? PAGERDUTY)[region];
    return judgeStatus(await post(pagerDutyPosting(ready.message, { url, routingKey, now }), sending.limits));
  },
  async smtp(ready, sending, now) {
    const { message, address, channel } = ready;
    const invited = invitedBy(ready, sending);
    if (invited === "unreadable")
      return refusedBy("Its link was sealed to another worker. Make the person a new one.");
    const password = secretsOf(ready, sending, "password")[0] ?? null;
    const mailing = { message, now, address: address ?? "", settings: channel.settings, password };
    return sendMail({ ...mailing, ...(invited ? { invited } : {}) }, sending.limits);
  },
};
