// Signing in by the identity provider: the way out, and the way back.

import type { OpenedSession, Visitor } from "../auth/schema.ts";
import { authSettings } from "../auth/settings.ts";
import { factorsOf, hasAny, type StepDue } from "../auth/steps/open-session.ts";
import { stepAfterSso } from "../auth/steps/second-step.ts";
import { openTicket, sealTicket, spendTicket } from "../auth/steps/tickets.ts";
import { writeRefusal } from "../auth/tries/refusals.ts";
import { type Tx, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { createPerson } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { openBySso } from "./open-sso.ts";
import { ProviderError, wayBack, wayOut } from "./provider.ts";
import { isSureEnough, type Match, matchPerson } from "./rules.ts";
import { type Known, type SsoRefusal, SsoTicket } from "./schema.ts";
import { ownStepAfterSso, type SsoSettings, ssoSettings } from "./settings.ts";
import { clearRefused, findByEmail, findBySubject, insertIdentity } from "./store.ts";
import { syncGroups } from "./sync-groups.ts";

export const RETURN_PATH = "/sign-in/return";

/** The one address the provider may send browsers back to; it is registered there letter by letter. */
export const redirectUri = (): string => new URL(RETURN_PATH, authSettings().url).href;

export type Begun =
  | { readonly url: string; readonly ticket: string }
  | { readonly refused: Extract<SsoRefusal, "not_set_up" | "provider_down"> };

/** Where the browser is to go, and the ticket it carries meanwhile. */
export async function beginSso(
  scope: Scope,
  trip: { readonly next: string; readonly silent: boolean },
): Promise<Begun> {
  const settings = ssoSettings();
  if (!settings) return { refused: "not_set_up" };
  try {
    const { url, ticket } = await wayOut(settings, redirectUri(), trip);
    return { url: url.href, ticket: sealTicket(scope, "sso", ticket) };
  } catch (error) {
    if (error instanceof ProviderError) return { refused: "provider_down" };
    throw error;
  }
}

export type Finished =
  | { readonly session: OpenedSession; readonly next: string }
  /** Opened by the ticket and a second step. */
  | { readonly step: StepDue; readonly next: string }
  | { readonly refused: SsoRefusal; readonly next: string; readonly silent: boolean };

/** `search`: the query the browser came back with; `sealed`: the ticket it carries. */
export async function finishSso(
  scope: Scope,
  {
    search,
    sealed,
    visitor,
  }: { readonly search: string; readonly sealed: string | null; readonly visitor: Visitor },
): Promise<Finished> {
  const settings = ssoSettings();
  const ticket = openTicket(scope, "sso", SsoTicket, sealed);
  const { next, silent } = ticket?.carried ?? { next: "/", silent: false };
  const no = (refused: SsoRefusal): Finished => ({ refused, next, silent });
  if (!settings) return no("not_set_up");
  if (!ticket) return no("no_ticket");
  if (new URLSearchParams(search).get("state") !== ticket.carried.state) return no("not_ours");
  if (!(await transaction(scope, (tx) => spendTicket(tx, scope, ticket)))) return no("used");
  try {
    const known = await wayBack(settings, redirectUri(), search, ticket.carried);
    const opened = await openFor(scope, settings, known, visitor);
    if ("refused" in opened) return no(opened.refused);
    return "ticket" in opened ? { step: opened, next } : { session: opened, next };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.outcome === "down") return no("provider_down");
    if (!silent) await writeRefusal(scope, visitor, "unknown", "provider_refused");
    return no(error.outcome === "refused" ? "declined" : "not_ours");
  }
}

type Opened = OpenedSession | StepDue | { readonly refused: Refusal; readonly personId: string };

async function openFor(scope: Scope, settings: SsoSettings, known: Known, visitor: Visitor): Promise<Opened> {
  const open = () => transaction(scope, (tx) => openMatched(tx, scope, settings, known, visitor));
  const first = await open();
  if ("as" in first) await createPerson(scope, { email: first.email, name: first.name.slice(0, 100) });
  const opened = "as" in first ? await open() : first;
  if ("as" in opened) throw new Error("somebody who was just added is not found");
  if ("refused" in opened) await writeRefusal(scope, visitor, opened.personId, opened.refused);
  return opened;
}

type Refusal = Extract<Match, { refused: unknown }>["refused"] | "too_weak";
type Newcomer = Extract<Match, { as: "new" }>;

async function openMatched(
  tx: Tx,
  scope: Scope,
  settings: SsoSettings,
  { issuer, claims, groups, refreshToken }: Known,
  visitor: Visitor,
): Promise<Opened | Newcomer> {
  const known = await findBySubject(tx.db, issuer, claims.sub);
  if (!isSureEnough(claims, settings)) return { refused: "too_weak", personId: known?.personId ?? "unknown" };
  const invited = known || !claims.email ? null : await findByEmail(tx.db, issuer, claims.email);
  const mayJoin = groups.some((group) => settings.joinGroups.includes(group));
  const match = matchPerson({ claims, known, invited, mayJoin });
  if ("refused" in match) return { ...match, personId: known?.personId ?? invited?.personId ?? "unknown" };
  if (match.as === "new") return match;
  const { personId } = match;
  const identityId = known?.identityId ?? (await link(tx, scope, { personId, issuer, subject: claims.sub }));
  await syncGroups(tx, scope, personId, groups);
  await clearRefused(tx.db, personId);
  const came = { personId, identityId, refreshToken, saidAt: scope.clock.now() };
  const due = ownStepAfterSso() && hasAny(await factorsOf(tx.db, personId));
  return due ? stepAfterSso(scope, came) : openBySso(tx, scope, came, { visitor });
}

async function link(
  tx: Tx,
  scope: Scope,
  who: { readonly personId: string; readonly issuer: string; readonly subject: string },
): Promise<string> {
  const now = scope.clock.now();
  const id = newId("identity", now);
  await insertIdentity(tx.db, { id, ...who, createdAt: new Date(now) });
  tx.record({ kind: "person.identity_linked", about: [`person:${who.personId}`], detail: { identity: id } });
  return id;
}
