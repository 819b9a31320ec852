// Who is told of what happened about people, whatever they asked to be told: those who can do something about it.
import { can } from "../../authz/rules.ts";
import type { Permission, RoleGrant } from "../../authz/schema.ts";
import type { Db } from "../../db.ts";
import { isWaiting } from "../../passkeys/waiting.ts";
import { peopleWhoMay } from "../../people/service.ts";
import type { NoticeEvent, NoticeKind } from "../schema.ts";

const BY: Partial<Record<NoticeKind, Permission>> = {
  passkey_waiting: "passkey.confirm",
  administrator_kept: "person.manage",
};

const mayOnAll = (grants: readonly RoleGrant[], permission: Permission): boolean =>
  can(
    grants.filter(({ pilotId }) => pilotId === null),
    permission,
  );

type About = Pick<NoticeEvent, "kind" | "facts">;

/** Null where it is about something else than people. */
export async function toTell(db: Db, { kind, facts }: About): Promise<readonly string[] | null> {
  if (kind === "account_owner_changed") return facts.owners ?? [];
  const permission = BY[kind];
  if (permission === undefined) return null;
  const people = await peopleWhoMay(db, permission);
  return people.filter((personId) => kind !== "passkey_waiting" || personId !== facts.personId);
}

/** Whether it still concerns the person; null where it is about something else than people. */
export async function stillConcerns(
  db: Db,
  personId: string,
  grants: readonly RoleGrant[],
  { kind, facts }: About,
): Promise<boolean | null> {
  if (kind === "account_owner_changed") return facts.owners?.includes(personId) ?? false;
  const permission = BY[kind];
  if (permission === undefined) return null;
  if (!mayOnAll(grants, permission)) return false;
  return kind !== "passkey_waiting" || (personId !== facts.personId && isWaiting(db, facts.passkeyId ?? ""));
}
