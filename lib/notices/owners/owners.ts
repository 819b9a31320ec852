// Who answers for a pilot, and who stands in for them: what concerns the two is told to them whatever they asked to be told.
import type { Db } from "../../db.ts";
import { whoIsAway } from "../../deputies/service.ts";
import { peopleWith } from "../../people/service.ts";
import { findActiveCharter } from "../../pilots/service.ts";
import type { NoticeKind } from "../schema.ts";

/** Of these the owners are told anyway. */
export const TO_OWNERS: readonly NoticeKind[] = ["review_due", "pilot_tripped", "pilot_paused"];

/** The owners of the charter in force, and its deputies while one of the owners is away. */
export async function ownersToTell(db: Db, pilotId: string, now: number): Promise<string[]> {
  const inForce = await findActiveCharter(db, pilotId);
  if (!inForce) return [];
  const { owners, deputies } = inForce.charter.kpis;
  if (deputies.length === 0) return [...owners];
  const away = await whoIsAway(db, owners, pilotId, new Date(now));
  return away.length === 0 ? [...owners] : [...owners, ...deputies];
}

/** Everybody who may have to act at once: both owners, both deputies, away or not, and whoever leads security. */
export async function ownersAndLeads(db: Db, pilotId: string): Promise<string[]> {
  const inForce = await findActiveCharter(db, pilotId);
  const { owners = [], deputies = [] } = inForce?.charter.kpis ?? {};
  const leads = await peopleWith(db, ["security_lead"], pilotId);
  return [...new Set([...owners, ...deputies, ...leads.map(({ personId }) => personId)])].sort();
}

/** Who is told with the others where something waits too long. */
export async function deputiesOf(db: Db, pilotId: string | null): Promise<readonly string[]> {
  const inForce = pilotId === null ? null : await findActiveCharter(db, pilotId);
  return inForce?.charter.kpis.deputies ?? [];
}
