import { z } from "zod";

export const ChannelKind = z.enum(["smtp", "slack", "pagerduty", "webhook"]);
export type ChannelKind = z.infer<typeof ChannelKind>;

export const NoticeKind = z.enum([
  "gate_waiting",
  "run_finished",
  "run_failed",
  "pilot_paused",
  "stop_pulled",
  "grave_finding",
  "budget_nearly_spent",
  "deliveries_failing",
  "emergency_sign_in",
  "glass_broken",
  "review_due",
  "pilot_tripped",
  "passkey_waiting",
  "administrator_kept",
  "account_owner_changed",
  "daily_digest",
]);
export type NoticeKind = z.infer<typeof NoticeKind>;

export const SecretPart = z.enum(["password", "url", "routing_key", "signing"]);
export type SecretPart = z.infer<typeof SecretPart>;

const HOST = "Write the name of a host, such as mail.example.org.";
const host = z
  .string({ error: HOST })
  .trim()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:]+\]$/, HOST);
const PORT = "Write a port from 1 to 65535.";
const port = z.coerce.number({ error: PORT }).int(PORT).min(1, PORT).max(65_535, PORT);
const ADDRESS = "Write one e-mail address, such as pilothouse@example.org.";
/** One address and nothing that could end a header. */
export const MailAddress = z
  .string({ error: ADDRESS })
  .trim()
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$/, ADDRESS);

export const SmtpSettings = z.strictObject({
  host,
  port,
  /** `tls` from the first byte; `starttls` before anything is said; `none` only where an operator allows the host. */
  security: z.enum(["tls", "starttls", "none"]),
  /** Empty where the server asks for nobody. */
  user: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{0,200}$/, "Write the user name without spaces."),
  from: MailAddress,
});
export type SmtpSettings = z.infer<typeof SmtpSettings>;
/** The host alone: the path may be all that keeps a stranger out, and is sealed. */
export const HookSettings = z.strictObject({ host: z.string().max(300) });
export const PagerDutySettings = z.strictObject({ region: z.enum(["us", "eu"]) });

const NAME = "Give the channel a name of 2 to 60 characters.";
const name = z
  .string({ error: NAME })
  .trim()
  .min(2, NAME)
  .max(60, NAME)
  .refine((text) => !/[\p{Cc}\p{Cf}]/u.test(text), NAME);
const URL_WORDS = "Paste the whole address, beginning with https://.";
const url = z.string({ error: URL_WORDS }).trim().min(8, URL_WORDS).max(1000, URL_WORDS);
const ROUTING = "Paste the integration key of 32 letters and digits.";
const routingKey = z
  .string({ error: ROUTING })
  .trim()
  .regex(/^[0-9A-Za-z]{32}$/, ROUTING);
const PASSWORD = "At most 500 characters, without line breaks.";
const password = z
  .string()
  .max(500, PASSWORD)
  .refine((text) => !/\p{Cc}/u.test(text), PASSWORD);

export const AddChannel = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("smtp"), name, ...SmtpSettings.shape, password: password.default("") }),
  z.object({ kind: z.literal("slack"), name, url }),
  z.object({ kind: z.literal("pagerduty"), name, routingKey, region: z.enum(["us", "eu"]).default("us") }),
  z.object({ kind: z.literal("webhook"), name, url }),
]);
export type AddChannel = z.infer<typeof AddChannel>;

const channelId = z.string().min(1).max(100);
export const OneChannel = z.object({ channelId });
export type OneChannel = z.infer<typeof OneChannel>;
/** Another secret in the place of the one that is used. Its address's host cannot change. */
export const SetSecret = z.object({ channelId, secret: z.string().trim().min(1, "Paste it.").max(1000) });
export type SetSecret = z.infer<typeof SetSecret>;
export const RetireSecret = z.object({ channelId, secretId: z.string().min(1).max(100) });
export type RetireSecret = z.infer<typeof RetireSecret>;

export const SendAgain = z.object({ channelId, deliveryId: z.string().min(1).max(100) });
export type SendAgain = z.infer<typeof SendAgain>;

/** What a person asks to be told. `pilotId` empty: of all pilots they may see. */
export const Subscription = z.object({
  channelId,
  pilotId: z.string().max(100),
  kind: NoticeKind,
});
export type Subscription = z.infer<typeof Subscription>;

const CLOCK = "Write a time of day such as 22:00.";
const clockTime = z.string({ error: CLOCK }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK);
export const QuietHours = z.object({ timeZone: z.string().min(1).max(64), from: clockTime, to: clockTime });
export type QuietHours = z.infer<typeof QuietHours>;

/** When a person is told the brief of their day, if at all. */
export const DigestChoice = z.object({
  isOn: z.boolean(),
  timeZone: z.string().min(1).max(64),
  time: clockTime,
});
export type DigestChoice = z.infer<typeof DigestChoice>;

/** As the form sends it. */
export const ChooseDigest = DigestChoice.omit({ isOn: true }).extend({ isOn: z.enum(["yes", "no"]) });

/** As they are stored: minutes of the local day. */
export interface Hours {
  readonly timeZone: string;
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** `resolve`: what an earlier one was about is over. `invitation`: a one-time link, to the person it lets in. */
export const Purpose = z.enum(["notice", "test", "resolve", "invitation"]);
export type Purpose = z.infer<typeof Purpose>;

export const DeliveryState = z.enum(["waiting", "sent", "failed", "given_up", "dropped"]);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** What is known of a notice when it is written: opaque ids and closed words, looked up again when it is sent. */
export const NoticeFacts = z.object({
  gateId: z.string().optional(),
  runId: z.string().optional(),
  stopId: z.string().optional(),
  findingId: z.string().optional(),
  channelId: z.string().optional(),
  personId: z.string().optional(),
  passkeyId: z.string().optional(),
  groupId: z.string().optional(),
  /** Of a service account: who answered for it, and who does now. */
  owners: z.tuple([z.string(), z.string()]).optional(),
  /** Of a weekly pack that nobody decided before the next: its number. */
  overdueWeek: z.number().int().optional(),
  /** How a run ended. */
  how: z.string().optional(),
  /** Of a budget: which, and how many per cent of it are used. */
  budget: z.enum(["run", "day", "pilot"]).optional(),
  percent: z.number().int().optional(),
  /** Of a digest: since when it tells, in milliseconds. */
  since: z.int().optional(),
  /** It waited past half of its time. */
  escalated: z.literal(true).optional(),
});
export type NoticeFacts = z.infer<typeof NoticeFacts>;

export interface NoticeEvent {
  readonly kind: NoticeKind;
  /** The same happening has the same key. */
  readonly key: string;
  readonly pilotId: string | null;
  readonly at: number;
  readonly grave: boolean;
  readonly facts: NoticeFacts;
}

export interface SecretView {
  readonly id: string;
  readonly part: SecretPart;
  readonly setByName: string;
  readonly setAt: Date;
}

export interface ChannelHealth {
  readonly failingSince: Date | null;
  readonly failures: number;
  readonly reason: string | null;
  readonly lastSentAt: Date | null;
}

export interface DeliveryView {
  readonly id: string;
  /** Null where the channel is one place that many read. */
  readonly recipientName: string | null;
  readonly purpose: Purpose;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly madeAt: Date;
  readonly nextAt: Date;
  readonly sentAt: Date | null;
  readonly reason: string | null;
  readonly kinds: readonly NoticeKind[];
}

/** How the mail with a one-time link goes. */
export interface InvitationMailView {
  readonly state: DeliveryState;
  /** Of the last try that failed, also while it waits for the next. */
  readonly reason: string | null;
  readonly madeAt: Date;
  readonly nextAt: Date;
  readonly sentAt: Date | null;
}

export interface ChannelView {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  /** Where it leads, without what is secret. */
  readonly place: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  /** Those that are not retired, newest first. */
  readonly secrets: readonly SecretView[];
  readonly health: ChannelHealth;
  readonly waiting: number;
}

/** One thing that is told. Facts in our words, names cleaned, and where in the product it is looked at and decided. */
export interface MessageItem {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly lines: readonly string[];
  readonly url: string;
  readonly at: Date;
  /** Of a gate. */
  readonly expiresAt: Date | null;
  readonly pilotId: string | null;
  readonly ids: Readonly<Record<string, string>>;
}

export interface Message {
  /** The same at every try. */
  readonly id: string;
  /** Of an earlier delivery: nothing is told but that what it was about is over. */
  readonly resolves?: string;
  readonly isTest: boolean;
  readonly grave: boolean;
  readonly title: string;
  readonly items: readonly MessageItem[];
  /** Things that no longer stand in the items, because they are too many. */
  readonly more: number;
  /** Where all of it is looked at. */
  readonly url: string;
  readonly madeAt: Date;
}

/** Taken by the worker, which tries it now. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly channelId: string;
  readonly recipient: string;
  readonly purpose: Purpose;
  readonly attempts: number;
  readonly madeAt: Date;
  readonly resolves: string | null;
}

/** A channel as anybody may choose it. */
export interface ChannelName {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  /** Whether notices get through at the moment. */
  readonly works: boolean;
  /** Whether this person may be told by it. */
  readonly tells: boolean;
}

/** Who asked to be told by a channel, and what. */
export interface SubscriberView {
  readonly personId: string;
  readonly name: string;
  readonly kinds: readonly NoticeKind[];
  readonly pilotId: string;
  /** Null: of all they may see, or of one that whoever looks may not see. */
  readonly pilotName: string | null;
  /** False: they may no longer be told by it, and are not. */
  readonly tells: boolean;
}

export interface ChannelDetail {
  readonly channel: ChannelView;
  /** Null for whoever does not manage it. */
  readonly subscribers: readonly SubscriberView[] | null;
  /** The newest, newest first. */
  readonly deliveries: readonly DeliveryView[];
}

export interface OwnNotices {
  readonly subscriptions: readonly Subscription[];
  readonly quiet: QuietHours | null;
  /** What they chose, or what holds for their roles until they do. */
  readonly digest: DigestChoice;
}
