// What channels, kinds of notices and states of deliveries are called.
import { Check, CircleDashed, Clock, type LucideIcon, OctagonAlert, TriangleAlert, X } from "lucide-react";
import type { ChannelKind, ChannelView, DeliveryState, NoticeKind, SecretPart } from "#lib/notices/schema.ts";
import type { Tone } from "../status.ts";

export const CHANNEL_WORDS: Readonly<Record<ChannelKind, string>> = {
  smtp: "Mail",
  slack: "Slack",
  pagerduty: "PagerDuty",
  webhook: "Webhook",
};

export const NOTICE_WORDS: Readonly<Record<NoticeKind, string>> = {
  gate_waiting: "A decision waits for me",
  run_finished: "A run has finished",
  run_failed: "A run has failed",
  pilot_paused: "A pilot is paused",
  pilot_tripped: "A tripwire of a pilot is touched",
  review_due: "The numbers of a pilot are to be looked at",
  stop_pulled: "The emergency stop is pulled",
  grave_finding: "A finding is high or critical",
  budget_nearly_spent: "A budget is nearly spent",
  deliveries_failing: "A channel does not get through",
  glass_broken: "Somebody merges by breaking the glass",
  passkey_waiting: "A passkey waits to be confirmed",
  administrator_kept: "The provider would take away the last administrator",
  account_owner_changed: "Somebody else answers for a service account",
  daily_digest: "The brief of my day, once a day",
  emergency_sign_in: "Somebody signs in past the identity provider",
};

export const PART_WORDS: Readonly<Record<SecretPart, string>> = {
  password: "Password",
  url: "Address",
  routing_key: "Integration key",
  signing: "Signing secret",
};

interface Face {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
}

export const DELIVERY_FACES: Readonly<Record<DeliveryState, Face>> = {
  waiting: { tone: "wait", icon: Clock, word: "Waiting" },
  sent: { tone: "good", icon: Check, word: "Sent" },
  failed: { tone: "bad", icon: OctagonAlert, word: "Failed" },
  given_up: { tone: "bad", icon: X, word: "Given up" },
  dropped: { tone: "wait", icon: CircleDashed, word: "Not needed" },
};

export function channelFace({ health }: Pick<ChannelView, "health">): Face {
  if (health.failingSince !== null) return { tone: "bad", icon: TriangleAlert, word: "Does not get through" };
  if (health.lastSentAt === null) return { tone: "wait", icon: CircleDashed, word: "Not tried" };
  return { tone: "good", icon: Check, word: "Works" };
}
