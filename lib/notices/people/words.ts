// What is told about people.
import type { Db } from "../../db.ts";
import type { NoticeKind } from "../schema.ts";
import { cleaned } from "../telling/cleaned.ts";
import type { Item, Known } from "../telling/known.ts";

async function nameOf(db: Db, id: string | undefined): Promise<string> {
  const person = await db.person.findUnique({ where: { id: id ?? "" }, select: { name: true } });
  return cleaned(person?.name ?? "somebody");
}

const item = (title: string, lines: readonly string[], url: string): Item => ({
  ...{ title, lines, url, expiresAt: null, ids: {} },
});

type PeopleKind = Extract<NoticeKind, "passkey_waiting" | "administrator_kept" | "account_owner_changed">;

export const PEOPLE_WORDS: Readonly<Record<PeopleKind, (db: Db, known: Known) => Promise<Item | null>>> = {
  async passkey_waiting(db, { facts }) {
    const lines = [
      `Whose it is said to be: ${await nameOf(db, facts.personId)}`,
      "What it signs counts once somebody else confirmed it. Ask its owner, by another way than this, before you do.",
    ];
    return item("A passkey waits to be confirmed", lines, "/settings/passkeys");
  },
  async administrator_kept(db, { facts }) {
    const group = await db.personGroup.findUnique({
      where: { id: facts.groupId ?? "" },
      select: { name: true },
    });
    const lines = [
      `Who: ${await nameOf(db, facts.personId)}`,
      `Group: ${await cleaned(group?.name ?? "a group")}`,
      "The identity provider names them in it no longer. They stay, since nobody else is an administrator: make somebody else one.",
    ];
    return item("The last administrator stays in a group", lines, "/settings/people");
  },
  async account_owner_changed(db, { facts }) {
    const [from, owner] = facts.owners ?? [];
    const lines = [
      `Account: ${await nameOf(db, facts.personId)}`,
      `Answered for it: ${await nameOf(db, from)}`,
      `Answers for it now: ${await nameOf(db, owner)}`,
      "Its tokens ended. Whoever answers for it now makes new ones.",
    ];
    return item("Somebody else answers for a service account", lines, "/settings/tokens");
  },
};
