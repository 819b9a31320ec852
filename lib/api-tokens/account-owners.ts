// Who answers for what a program did: for a service account its owner, who is as little a second person as whoever launched.
import type { Db } from "../db.ts";
import { selectAnswerers } from "./account-store.ts";

/** Owners of those of the ids that are service accounts, and who owned them before: what they launched with them stays theirs. */
export const answerersOf = (db: Db, ids: readonly string[]): Promise<string[]> => selectAnswerers(db, ids);

/** Who launched something, as this person is held to it: they themselves where it was a service account of theirs. */
export async function launcherFor(db: Db, launchedBy: string, personId: string): Promise<string> {
  return (await answerersOf(db, [launchedBy])).includes(personId) ? personId : launchedBy;
}
