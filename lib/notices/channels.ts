// Channels: where people can be told. Their secrets are sealed to the worker as soon as they are taken in; nobody reads
// them back. A channel's kind and host cannot be changed: a secret sealed for one would go to the other.
import { createHash, randomBytes } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { isDuplicate, type Tx, transaction } from "../db.ts";
import { noticeHostsAllowed } from "../env.ts";
import { conflict, notFound, refused, unavailable } from "../errors.ts";
import { newId } from "../ids.ts";
import { changeOf, made } from "../record/change.ts";
import { canonicalText } from "../record/rules.ts";
import { actorId, type Scope } from "../scope.ts";
import { sealChannelSecret } from "../sealing/channel-secret.ts";
import {
  type ChannelRow,
  findNoticeKey,
  insertChannel,
  insertSecret,
  liveSecrets,
  lockChannel,
  markRemoved,
  markSecretRetired,
} from "./channel-store.ts";
import { dropWaiting, insertDelivery } from "./delivery-store.ts";
import { channelState, hookUrl, refuseOpenMail } from "./rules.ts";
import type { AddChannel, RetireSecret, SecretPart, SetSecret } from "./schema.ts";

interface Parts {
  readonly settings: object;
  readonly secrets: readonly (readonly [SecretPart, string])[];
}

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes. */
export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

function partsOf(input: AddChannel, signing: string): Parts {
  switch (input.kind) {
    case "smtp": {
      const { host, port, security, user, from, password } = input;
      refuseOpenMail(host, security, noticeHostsAllowed());
      const secrets = password === "" ? [] : ([["password", password]] as const);
      return { settings: { host, port, security, user, from }, secrets };
    }
    case "pagerduty":
      return { settings: { region: input.region }, secrets: [["routing_key", input.routingKey]] };
    case "slack": {
      const { host } = hookUrl(input.url, noticeHostsAllowed());
      return { settings: { host }, secrets: [["url", input.url]] };
    }
    case "webhook": {
      const { host } = hookUrl(input.url, noticeHostsAllowed());
      return {
        settings: { host },
        secrets: [
          ["url", input.url],
          ["signing", signing],
        ],
      };
    }
  }
}

/** Of a webhook, what it signs with: shown to whoever adds it, this once. */
export async function addChannel(
  scope: Scope,
  input: AddChannel,
): Promise<{ channelId: string; signing: string | null }> {
  requirePermission(scope, "channel.manage", null);
  const signing = newSigningSecret();
  const { settings, secrets } = partsOf(input, signing);
  const now = scope.clock.now();
  const id = newId("channel", now);
  try {
    await transaction(scope, async (tx) => {
      const by = { createdBy: actorId(scope.actor), createdAt: new Date(now) };
      await insertChannel(tx.db, { id, kind: input.kind, name: input.name, settings, ...by });
      tx.record({
        kind: "channel.added",
        about: [`channel:${id}`],
        ...made(channelState({ id, removed: false, secrets: [] })),
        detail: {
          kind: input.kind,
          settings: createHash("sha256").update(canonicalText(settings), "utf8").digest("hex"),
        },
      });
      for (const [part, secret] of secrets) await keepSecret(tx, scope, id, part, secret);
    });
  } catch (error) {
    if (isDuplicate(error)) throw refused("There is a channel of this name.", { name: ["Taken already."] });
    throw error;
  }
  return { channelId: id, signing: input.kind === "webhook" ? signing : null };
}

async function keepSecret(
  tx: Tx,
  scope: Scope,
  channelId: string,
  part: SecretPart,
  secret: string,
): Promise<string> {
  const key = await findNoticeKey(tx.db);
  if (!key)
    throw unavailable("The worker has not started yet, so there is nothing to seal this to. Try again soon.");
  const now = scope.clock.now();
  const secretId = newId("notice_secret", now);
  const sealed = new Uint8Array(sealChannelSecret(key.publicKey, { channelId, secretId, part }, secret));
  const before = await secretIds(tx, channelId);
  await insertSecret(tx.db, {
    ...{ id: secretId, channelId, noticeKeyId: key.id, part, sealed },
    ...{ setBy: actorId(scope.actor), setAt: new Date(now) },
  });
  tx.record({
    kind: "channel.secret_set",
    about: [`channel:${channelId}`],
    ...secretsChanged(channelId, before, [...before, secretId]),
    detail: { secret: secretId, part, sealed_to: key.id },
  });
  return secretId;
}

const secretIds = async (tx: Tx, channelId: string): Promise<string[]> =>
  (await liveSecrets(tx.db, channelId)).map(({ id }) => id);

const secretsChanged = (id: string, before: readonly string[], after: readonly string[]) =>
  changeOf(
    channelState({ id, removed: false, secrets: before }),
    channelState({ id, removed: false, secrets: after }),
  );

async function heldChannel(tx: Tx, channelId: string): Promise<ChannelRow> {
  const channel = await lockChannel(tx.db, channelId);
  if (!channel || channel.removedAt !== null) throw notFound("channel");
  return channel;
}

const REPLACED: Readonly<Record<ChannelRow["kind"], SecretPart>> = {
  smtp: "password",
  slack: "url",
  pagerduty: "routing_key",
  webhook: "url",
};

/** The new one is used from now on, the old one is deleted. An address must lead to the same host. */
export async function setSecret(scope: Scope, { channelId, secret }: SetSecret): Promise<void> {
  requirePermission(scope, "channel.manage", null);
  await transaction(scope, async (tx) => {
    const { kind, settings } = await heldChannel(tx, channelId);
    const part = REPLACED[kind];
    if (part === "url") refuseOtherHost(secret, settings);
    if (part === "routing_key" && !/^[0-9A-Za-z]{32}$/.test(secret))
      throw refused("An integration key has 32 letters and digits.", { secret: ["32 letters and digits."] });
    const old = (await liveSecrets(tx.db, channelId)).filter((each) => each.part === part);
    await keepSecret(tx, scope, channelId, part, secret);
    for (const { id } of old) await retire(tx, scope, channelId, id);
  });
}

function refuseOtherHost(written: string, settings: unknown): void {
  const { host } = hookUrl(written, noticeHostsAllowed());
  const kept = settings as { readonly host?: string };
  if (host === kept.host) return;
  const sentence = `The address must lead to ${kept.host}, as before. Add another channel for another host.`;
  throw refused(sentence, { secret: [sentence] });
}

/** A second secret beside the first: until the first is retired, every message bears a signature of both. */
export async function rotateSigning(scope: Scope, channelId: string): Promise<{ signing: string }> {
  requirePermission(scope, "channel.manage", null);
  const signing = newSigningSecret();
  await transaction(scope, async (tx) => {
    const { kind } = await heldChannel(tx, channelId);
    if (kind !== "webhook") throw refused("Only webhooks are signed.");
    const live = (await liveSecrets(tx.db, channelId)).filter(({ part }) => part === "signing");
    if (live.length > 1) throw refused("There are two secrets already. Retire the older one first.");
    await keepSecret(tx, scope, channelId, "signing", signing);
  });
  return { signing };
}

async function retire(tx: Tx, scope: Scope, channelId: string, secretId: string): Promise<void> {
  const before = await secretIds(tx, channelId);
  const part = await markSecretRetired(tx.db, channelId, secretId, new Date(scope.clock.now()));
  if (part === null) throw conflict("This secret is not there, or was retired already.");
  const after = before.filter((id) => id !== secretId);
  tx.record({
    kind: "channel.secret_retired",
    about: [`channel:${channelId}`],
    ...secretsChanged(channelId, before, after),
    detail: { secret: secretId, part },
  });
}

/** Of two signing secrets one; what a channel cannot do without is replaced instead. */
export async function retireSecret(scope: Scope, { channelId, secretId }: RetireSecret): Promise<void> {
  requirePermission(scope, "channel.manage", null);
  await transaction(scope, async (tx) => {
    await heldChannel(tx, channelId);
    const live = await liveSecrets(tx.db, channelId);
    const chosen = live.find(({ id }) => id === secretId);
    if (!chosen) throw conflict("This secret is not there, or was retired already.");
    if (live.filter(({ part }) => part === chosen.part).length < 2)
      throw refused("The channel cannot do without it. Set another one in its place.");
    await retire(tx, scope, channelId, secretId);
  });
}

/** Its secrets are deleted; what still waited for it is dropped. */
export async function removeChannel(scope: Scope, channelId: string): Promise<void> {
  requirePermission(scope, "channel.manage", null);
  await transaction(scope, async (tx) => {
    await heldChannel(tx, channelId);
    for (const id of await secretIds(tx, channelId)) await retire(tx, scope, channelId, id);
    const at = new Date(scope.clock.now());
    await markRemoved(tx.db, channelId, at);
    await dropWaiting(tx.db, channelId, "The channel was removed.");
    tx.record({
      kind: "channel.removed",
      about: [`channel:${channelId}`],
      ...changeOf(
        channelState({ id: channelId, removed: false, secrets: [] }),
        channelState({ id: channelId, removed: true, secrets: [] }),
      ),
      detail: {},
    });
  });
}

/** To the channel itself; by mail to whoever asks. */
export async function askTest(scope: Scope, channelId: string): Promise<{ deliveryId: string }> {
  requirePermission(scope, "channel.manage", null);
  const now = scope.clock.now();
  const deliveryId = newId("delivery", now);
  await transaction(scope, async (tx) => {
    const { kind } = await heldChannel(tx, channelId);
    await insertDelivery(tx.db, {
      ...{ id: deliveryId, channelId, recipient: kind === "smtp" ? actorId(scope.actor) : "" },
      ...{ purpose: "test", madeAt: new Date(now), nextAt: new Date(now) },
    });
    tx.record({
      kind: "channel.test_asked",
      about: [`channel:${channelId}`],
      detail: { delivery: deliveryId },
    });
  });
  return { deliveryId };
}
