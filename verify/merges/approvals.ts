// Whether one approval counts towards the document of a merge.
import { type Entry, idOf, isText, type Members } from "../members.ts";
import { type Outcome, shown } from "../report.ts";

/** One that names what it was signed with may be right, where the file does not show it; the check of passkeys says which. */
export const unsigned = ({ detail }: Entry): Outcome => (isText(detail.assertion) ? "not_shown" : "fails");

/** Why an approval does not count towards the document of a merge; null when it does. */
export function faultOf(
  approval: Entry,
  merge: Entry,
  document: Members,
  launchers: readonly string[],
): string | null {
  const { v, actor, detail } = approval;
  const { person, role, digest } = detail;
  if (digest !== merge.detail.decision) return "is for another document";
  if (typeof person !== "string" || actor.kind !== "user" || actor.personId !== person)
    return "does not count: somebody else wrote it";
  // Entries of version 1 were written before actors had roles. In any later one, no roles are none.
  const isBeforeRoles = v === 1 && !Object.hasOwn(actor, "roles");
  const held: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
  if (!isBeforeRoles && !held.includes(role) && !held.includes(`${role}@${idOf(approval, "pilot")}`))
    return `does not count: ${shown(person)} did not hold the role ${shown(String(role))}`;
  if (!Array.isArray(document.roles) || !document.roles.includes(role))
    return `was given as ${shown(String(role))}, which may not approve it`;
  return voicesOf(approval).some((voice) => launchers.includes(String(voice)))
    ? "is by who launched the run"
    : null;
}

/** Who speaks by an approval: the person, and whoever they were a deputy of. The two are never two. */
export const voicesOf = ({ detail: { person, deputy_of: absent } }: Entry): unknown[] =>
  isText(absent) ? [person, absent] : [person];
