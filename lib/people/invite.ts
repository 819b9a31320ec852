import { makeOneTimeLink } from "../auth/links.ts";
import type { OneTimeLink } from "../auth/schema.ts";
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { refused } from "../errors.ts";
import { mailLink } from "../notices/invitations/mail-link.ts";
import type { Scope } from "../scope.ts";
import type { NewPerson } from "./schema.ts";
import { createPerson, getPerson } from "./service.ts";
import { hasSignedIn } from "./store.ts";

export interface Invitation extends OneTimeLink {
  readonly personId: string;
  readonly name: string;
}

/** To whoever invites it is shown; to the person it goes by mail, where there is a channel for that. */
const makeLink = (scope: Scope, personId: string): Promise<OneTimeLink> =>
  makeOneTimeLink(scope, personId, (tx, link) => mailLink(tx, scope, link));

/** A new person and the link that lets them in once: it is shown now and never again. */
export async function invitePerson(scope: Scope, input: NewPerson): Promise<Invitation> {
  requirePermission(scope, "person.manage", null);
  const personId = await createPerson(scope, input);
  return { ...(await makeLink(scope, personId)), personId, name: input.name };
}

/**
 * Another link for somebody who has not come in yet; the one before works no longer. Never for who has: whoever holds such a
 * link is that person, with their roles, and an administrator is to be nobody else.
 */
export async function inviteAgain(scope: Scope, personId: string): Promise<Invitation> {
  requirePermission(scope, "person.manage", null);
  const { name } = await getPerson(scope, personId);
  if (await read(scope, (db) => hasSignedIn(db, personId)))
    throw refused(
      `${name} has signed in already. Whoever runs the installation makes a link for a lost password.`,
    );
  return { ...(await makeLink(scope, personId)), personId, name };
}
