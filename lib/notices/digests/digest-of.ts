// What holds for somebody: what they chose, else their role's default in a zone that is likely theirs.
import type { RoleGrant } from "../../authz/schema.ts";
import { zoneIn } from "../../briefs/service.ts";
import type { Db } from "../../db.ts";
import { clockOf } from "../rules.ts";
import type { DigestChoice } from "../schema.ts";
import { findHours } from "../subscription-store.ts";
import { findDigest } from "./digest-store.ts";
import { isOnByRole, USUAL_MINUTE } from "./rules.ts";

/** Of their hours of quiet, else of the youngest pilot they see. */
export const zoneFor = async (
  db: Db,
  grants: readonly RoleGrant[],
  quietZone: string | null,
): Promise<string> => quietZone ?? zoneIn(db, grants);

export async function digestOf(
  db: Db,
  personId: string,
  grants: readonly RoleGrant[],
): Promise<DigestChoice> {
  const chosen = await findDigest(db, personId);
  if (chosen) return { isOn: chosen.isOn, timeZone: chosen.timeZone, time: clockOf(chosen.minute) };
  const quietZone = (await findHours(db, personId))?.timeZone ?? null;
  const timeZone = await zoneFor(db, grants, quietZone);
  return { isOn: isOnByRole(grants), timeZone, time: clockOf(USUAL_MINUTE) };
}
