import { createHash, randomBytes } from "node:crypto";
import { read, type Tx, transaction } from "../db.ts";
import { AppError, badInput, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { getPerson } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { hashPassword } from "./password.ts";
import { LINK_LENGTH, linkState, passwordProblems } from "./rules.ts";
import type { LinkState, OneTimeLink, OpenedSession, UseLink, Visitor } from "./schema.ts";
import { endSessions } from "./sessions.ts";
import { emergencyAdmin } from "./settings.ts";
import { hasAny, openSignedIn, type StepDue, secondFactorsOf } from "./steps/open-session.ts";
import { stepDue } from "./steps/second-step.ts";
import { endOpenLinks, type FoundLink, findLink, insertLink, updatePassword, useUpLink } from "./store.ts";

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/** What else happens to a new link in the transaction that makes it. */
export type WithLink = (
  tx: Tx,
  link: Pick<OneTimeLink, "path"> & { readonly linkId: string; readonly personId: string },
) => Promise<void>;

/** A link that lets the person in once within 24 hours and set a password. Older links of the person end. */
export async function makeOneTimeLink(
  scope: Scope,
  personId: string,
  withLink: WithLink = async () => undefined,
): Promise<OneTimeLink> {
  const person = await getPerson(scope, personId);
  if (person.disabledAt) throw badInput("This person is disabled.");
  if (person.kind === "service")
    throw badInput("A service account does not sign in; make it a token instead.");
  const now = scope.clock.now();
  const token = randomBytes(32).toString("base64url");
  const path = `/link/${token}`;
  const id = newId("link", now);
  const expiresAt = new Date(now + LINK_LENGTH);
  await transaction(scope, async (tx) => {
    await endOpenLinks(tx.db, personId, new Date(now));
    await insertLink(tx.db, { id, personId, tokenHash: hashOf(token), createdAt: new Date(now), expiresAt });
    tx.record({ kind: "person.link_made", about: [`person:${personId}`], detail: { link: id } });
    await withLink(tx, { linkId: id, personId, path });
  });
  return { token, path, expiresAt };
}

/** What a token opens; looking does not use it up. */
export async function peekLink(scope: Scope, token: string): Promise<LinkState> {
  const link = await read(scope, (db) => findLink(db, hashOf(token), false));
  if (!link || link.disabled) return { state: "unknown" };
  const state = linkState(link, scope.clock.now());
  return state === "usable"
    ? { state, name: link.name, email: link.email, expiresAt: link.expiresAt }
    : { state };
}

const OVER: Record<"used" | "expired", string> = {
  used: "This link was used already. Ask for a new one.",
  expired: "This link has expired. Ask for a new one.",
};

function usable(link: FoundLink | null, now: number): FoundLink {
  if (!link || link.disabled) throw notFound("link");
  const state = linkState(link, now);
  if (state !== "usable") throw new AppError("expired", OVER[state]);
  return link;
}

/**
 * Uses the link up, sets the password, ends the person's other sessions and opens one, or asks for the second step of
 * whoever has one: all or nothing.
 */
export async function redeemLink(
  scope: Scope,
  input: UseLink,
  visitor: Visitor,
): Promise<OpenedSession | StepDue> {
  const hash = hashOf(input.token);
  const now = scope.clock.now();
  const seen = usable(await read(scope, (db) => findLink(db, hash, false)), now);
  const only = emergencyAdmin();
  if (only !== null && only !== seen.email)
    throw refused("Passwords are not used here. Sign in by the identity provider.");
  const problems = passwordProblems(input.password, seen);
  if (problems.length > 0) throw badInput("This password cannot be used.", { password: problems });
  const passwordHash = await hashPassword(input.password);
  const due = hasAny(await secondFactorsOf(scope, seen.personId));
  return transaction(scope, async (tx) => {
    const { id, personId } = usable(await findLink(tx.db, hash, true), now);
    await useUpLink(tx.db, id, new Date(now));
    await updatePassword(tx.db, personId, passwordHash);
    const ended = await endSessions(tx, scope, personId, null);
    const about = [`person:${personId}`] as const;
    tx.record({ kind: "person.link_used", about, detail: { link: id } });
    tx.record({ kind: "person.password_set", about, detail: { sessionsEnded: ended } });
    const shown = { personId, method: "link", visitor } as const;
    return due ? stepDue(scope, shown) : openSignedIn(tx, scope, shown);
  });
}

/** Ends whatever link of the person is still open, in the transaction of the caller. */
export async function endLinksOf(tx: Tx, scope: Scope, personId: string): Promise<void> {
  await endOpenLinks(tx.db, personId, new Date(scope.clock.now()));
}
