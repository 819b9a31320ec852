// Whom something is told to. Asked when it is written, and again when it is sent: what somebody may no longer see is
// not told to them.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { findWaitingGate } from "../gates/waiting.ts";
import { liveGrants } from "../people/service.ts";
import { type Subscriber, selectChannelsOf, selectPeopleOf, selectSubscribers } from "./follow-store.ts";
import type { NoticeEvent } from "./schema.ts";

/** Everything but a stop of everything and a channel that is down belongs to a pilot, or to the organisation. */
const maySee = (
  grants: readonly RoleGrant[],
  { kind, pilotId }: Pick<NoticeEvent, "kind" | "pilotId">,
): boolean => {
  if (pilotId !== null) return can(grants, "pilot.view", pilotId);
  if (kind === "stop_pulled" || kind === "deliveries_failing") return grants.length > 0;
  return grants.some((grant) => grant.pilotId === null);
};

/** Whether it concerns the person now. */
export async function concerns(
  db: Db,
  personId: string,
  event: Pick<NoticeEvent, "kind" | "pilotId" | "facts">,
  now: number,
): Promise<boolean> {
  const grants = await liveGrants({ db }, personId);
  if (!maySee(grants, event)) return false;
  if (event.kind !== "gate_waiting") return true;
  const gate = await findWaitingGate(db, event.facts.gateId ?? "");
  return gate?.mayDecide(personId, grants, now) ?? false;
}

/** Who asked for it and may know it, once for each channel of theirs. */
export async function addresseesOf(db: Db, event: NoticeEvent, now: number): Promise<Subscriber[]> {
  const asked = await selectSubscribers(db, event.kind, event.pilotId);
  const all = event.kind === "deliveries_failing" ? [...asked, ...(await othersOf(db, event))] : asked;
  const concerned = new Map<string, boolean>();
  for (const { personId } of all)
    if (!concerned.has(personId)) concerned.set(personId, await concerns(db, personId, event, now));
  const down = event.facts.channelId;
  return all.filter(({ personId, channelId }) => channelId !== down && concerned.get(personId) === true);
}

/** Whoever relies on a channel that is down, by the other channels they have. */
async function othersOf(db: Db, { facts }: NoticeEvent): Promise<Subscriber[]> {
  if (facts.channelId === undefined) return [];
  return selectChannelsOf(db, await selectPeopleOf(db, facts.channelId));
}
