// What entries about people say that somebody is told of.
import { DAY } from "../../clock.ts";
import { detailOf } from "../../record/rules.ts";
import type { Entry } from "../../record/schema.ts";
import type { NoticeEvent, NoticeFacts, NoticeKind } from "../schema.ts";

export const PEOPLE_KINDS = [
  "passkey.enrolled",
  "group.member_kept",
  "person.service_owner_changed",
] as const;

type Make = (kind: NoticeKind, facts: NoticeFacts, grave?: boolean, key?: string) => NoticeEvent;

/** Null where it is about something else. `at`: when it was numbered. */
export function peopleNotice(entry: Entry, at: number, event: Make): NoticeEvent | null {
  const enrolled = detailOf("passkey.enrolled", entry);
  if (enrolled) return event("passkey_waiting", { passkeyId: enrolled.passkey, personId: enrolled.person });
  const kept = detailOf("group.member_kept", entry);
  const groupId = entry.about.find((about) => about.startsWith("group:"))?.slice("group:".length);
  // There is an entry with every sign-in; once a day is enough to be told.
  if (kept && groupId)
    return event(
      "administrator_kept",
      { groupId, personId: kept.person },
      false,
      `kept:${groupId}:${kept.person}:${Math.floor(at / DAY)}`,
    );
  const changed = detailOf("person.service_owner_changed", entry);
  if (!changed) return null;
  const { account, from, owner } = changed;
  return event("account_owner_changed", { personId: account, owners: [from, owner] });
}
