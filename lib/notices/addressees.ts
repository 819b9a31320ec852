// Whom something is told to. Asked when it is written, and again when it is sent: what somebody may no longer see is
// not told to them.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { findWaitingGate } from "../gates/waiting.ts";
import { liveGrants, peopleWith } from "../people/service.ts";
import { waysTo } from "./escalate-gates.ts";
import { type Subscriber, selectChannelsOf, selectPeopleOf, selectSubscribers } from "./follow-store.ts";
import { ownersAndLeads, ownersToTell, TO_OWNERS } from "./owners/owners.ts";
import { stillConcerns, toTell } from "./people/tell-people.ts";
import { isShared, mayUseShared } from "./rules.ts";
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

/** Whether it concerns the person now, by a channel of their own or by one that others read too. */
export async function concerns(
  db: Db,
  personId: string,
  event: Pick<NoticeEvent, "kind" | "pilotId" | "facts">,
  { now, shared }: { readonly now: number; readonly shared: boolean },
): Promise<boolean> {
  const grants = await liveGrants({ db }, personId);
  if (event.kind === "daily_digest")
    return event.facts.personId === personId && grants.length > 0 && (!shared || mayUseShared(grants));
  const ofPeople = await stillConcerns(db, personId, grants, event);
  if (ofPeople !== null) return ofPeople && (!shared || mayUseShared(grants));
  if (!maySee(grants, event) || (shared && !mayUseShared(grants))) return false;
  if (event.kind !== "gate_waiting") return true;
  const gate = await findWaitingGate(db, event.facts.gateId ?? "");
  return gate?.mayDecide(personId, grants, now) ?? false;
}

/** Who asked for it and may know it, once for each channel of theirs. */
export async function addresseesOf(db: Db, event: NoticeEvent, now: number): Promise<Subscriber[]> {
  const asked = await selectSubscribers(db, event.kind, event.pilotId);
  const all = [...asked, ...(await toldAnyway(db, event, now))];
  const concerned = new Map<string, boolean>();
  const keyOf = ({ personId, channelKind }: Subscriber) => `${isShared(channelKind)} ${personId}`;
  for (const each of all) {
    const shared = isShared(each.channelKind);
    if (!concerned.has(keyOf(each)))
      concerned.set(keyOf(each), await concerns(db, each.personId, event, { now, shared }));
  }
  const down = event.facts.channelId;
  return all.filter((each) => each.channelId !== down && concerned.get(keyOf(each)) === true);
}

const LEADS = ["engineering_lead", "security_lead"] as const;

/** Whoever leads, of a sign-in past the provider and of a merge past the gate; whoever answers for a pilot, of what its charter does by itself; whoever relies on a channel that is down, by the other channels they have. */
async function toldAnyway(db: Db, { kind, pilotId, facts }: NoticeEvent, now: number): Promise<Subscriber[]> {
  const isOwners = TO_OWNERS.includes(kind) && !(kind === "pilot_paused" && facts.how === "person");
  if (pilotId !== null && kind === "pilot_tripped" && facts.escalated)
    return waysTo(db, await ownersAndLeads(db, pilotId), pilotId);
  if (pilotId !== null && isOwners) return waysTo(db, await ownersToTell(db, pilotId, now), pilotId);
  const people = await toTell(db, { kind, facts });
  if (people !== null) return waysTo(db, people, pilotId ?? "");
  if (kind === "emergency_sign_in" || kind === "glass_broken") {
    const leads = await peopleWith(db, LEADS, pilotId ?? "");
    return waysTo(
      db,
      leads.map(({ personId }) => personId),
      pilotId ?? "",
    );
  }
  if (facts.channelId === undefined) return [];
  return selectChannelsOf(db, await selectPeopleOf(db, facts.channelId));
}
