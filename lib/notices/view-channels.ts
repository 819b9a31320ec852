// Channels and deliveries as pages show them.
import { may, maySee, requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { liveGrants, namesOf } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { type ChannelRow, liveSecrets, selectChannels, selectHealth } from "./channel-store.ts";
import { mayUse } from "./rules.ts";
import type { ChannelDetail, ChannelName, ChannelView, DeliveryView, SubscriberView } from "./schema.ts";
import { requireOwn } from "./subscriptions.ts";
import { selectDeliveries, selectSubscribersOf } from "./view-store.ts";

const placeOf = ({ kind, settings }: ChannelRow): string => {
  const { host = "", port, region, from } = settings as Readonly<Record<string, string | number | undefined>>;
  switch (kind) {
    case "smtp":
      return `${host}:${port}, from ${from}`;
    case "pagerduty":
      return region === "eu" ? "PagerDuty in the EU" : "PagerDuty in the US";
    case "slack":
    case "webhook":
      return String(host);
  }
};

const NO_HEALTH = { failingSince: null, failures: 0, reason: null, lastSentAt: null, waiting: 0 };

/** For those who manage or look after them. */
export async function listChannels(scope: Scope): Promise<ChannelView[]> {
  requirePermission(scope, "channel.view", null);
  const { rows, secrets, states } = await read(scope, async (db) => ({
    rows: await selectChannels(db),
    secrets: await liveSecrets(db),
    states: await selectHealth(db),
  }));
  const names = await namesOf(
    scope,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => {
    const { waiting, ...health } = states.find(({ channelId }) => channelId === row.id) ?? NO_HEALTH;
    return {
      ...{ id: row.id, kind: row.kind, name: row.name, place: placeOf(row), createdAt: row.createdAt },
      createdByName: names.get(row.createdBy) ?? row.createdBy,
      secrets: secrets
        .filter(({ channelId }) => channelId === row.id)
        .map(({ id, part, setByName, setAt }) => ({ id, part, setByName, setAt })),
      ...{ health, waiting },
    };
  });
}

export async function getChannel(scope: Scope, channelId: string): Promise<ChannelDetail> {
  const channel = (await listChannels(scope)).find(({ id }) => id === channelId);
  if (!channel) throw notFound("channel");
  const manages = may(scope, "channel.manage", null);
  return {
    channel,
    subscribers: manages ? await subscribersOf(scope, channel) : null,
    deliveries: await read(scope, (db) => selectDeliveries(db, channelId, null)),
  };
}

/** A pilot that whoever looks may not see has no name for them. */
async function subscribersOf(scope: Scope, { id, kind }: ChannelView): Promise<SubscriberView[]> {
  return read(scope, async (db) => {
    const subscribers: SubscriberView[] = [];
    for (const { isDisabled, ...row } of await selectSubscribersOf(db, id)) {
      const tells = !isDisabled && mayUse(await liveGrants({ db }, row.personId), kind);
      const pilotName = maySee(scope, row.pilotId) ? row.pilotName : null;
      subscribers.push({ ...row, pilotName, tells });
    }
    return subscribers;
  });
}

/** What anybody may choose from. */
export async function listChannelNames(scope: Scope): Promise<ChannelName[]> {
  requireOwn(scope);
  return read(scope, async (db) => {
    const states = new Map((await selectHealth(db)).map((state) => [state.channelId, state]));
    return (await selectChannels(db)).map(({ id, kind, name }) => {
      const works = (states.get(id)?.failingSince ?? null) === null;
      return { id, kind, name, works, tells: mayUse(scope.grants, kind) };
    });
  });
}

/** What was sent to the person themselves lately, newest first. */
export async function listOwnDeliveries(scope: Scope): Promise<DeliveryView[]> {
  requireOwn(scope);
  return read(scope, (db) => selectDeliveries(db, null, actorId(scope.actor)));
}

/** Names of channels nothing gets through, for those who look after them. */
export async function failingChannels(
  scope: Scope,
): Promise<{ id: string; name: string; waiting: number }[]> {
  if (!can(scope.grants, "channel.view") || !may(scope, "channel.view", null)) return [];
  const states = await read(scope, selectHealth);
  if (states.every(({ failingSince }) => failingSince === null)) return [];
  const channels = await listChannels(scope);
  return channels.flatMap(({ id, name, health, waiting }) =>
    health.failingSince === null ? [] : [{ id, name, waiting }],
  );
}
