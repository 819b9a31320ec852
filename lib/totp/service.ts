// One-time codes of an app (RFC 6238) as the second step: the secret is shown once and kept sealed, each step of time is
// taken once, and ten recovery codes stand in for a lost device.
import { createHash, randomBytes } from "node:crypto";
import { Secret } from "otpauth";
import { encode } from "uqr";
import { endOwnOthers } from "../auth/own-sessions.ts";
import { authSettings } from "../auth/settings.ts";
import { requirePermission } from "../authz/require.ts";
import { MINUTE } from "../clock.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { AppError, badInput, conflict, forbidden, notFound, refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { openHere, sealHere } from "../sealing/kept-here.ts";
import { grouped, RECOVERY_CODES, recoveryCode, stepTaken, totpOf } from "./rules.ts";
import type { ConfirmTotp, TotpHolder, TotpOffer, TotpState } from "./schema.ts";
import {
  countRecovery,
  deleteTotp,
  findTotp,
  insertTotp,
  lockHolder,
  saveStep,
  selectHolders,
  useRecovery,
} from "./store.ts";

const OFFER_LENGTH = 15 * MINUTE;

const keptSecret = (personId: string) => ({ purpose: "totp", place: personId });
const offered = (personId: string) => ({ purpose: "totp offer", place: personId });
const hashOf = (personId: string, code: string) =>
  createHash("sha256").update(`${personId}\n${code}`).digest("hex");

export const WRONG_CODE = "This code is wrong, too old, or was used already. Wait for the next one.";

export function ownId({ actor }: Scope): string {
  if (actor.kind !== "user") throw forbidden("Only somebody who is signed in has second steps of their own.");
  return actor.personId;
}

/** Null: the person has none. */
export async function getTotp(db: Db, personId: string): Promise<TotpState | null> {
  const row = await findTotp(db, personId, false);
  return row && { since: row.createdAt, codesLeft: await countRecovery(db, personId) };
}

export const getOwnTotp = (scope: Scope): Promise<TotpState | null> =>
  read(scope, (db) => getTotp(db, ownId(scope)));

/** A new secret for the acting person. Nothing is kept before it was confirmed. */
export function offerTotp(scope: Scope, email: string): TotpOffer {
  const secret = new Secret({ size: 20 }).base32;
  const uri = totpOf(secret, email).toString();
  const { data, size } = encode(uri, { ecc: "M", border: 2 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  const carried = JSON.stringify({ secret, until: scope.clock.now() + OFFER_LENGTH });
  const ticket = sealHere(authSettings().secret, offered(ownId(scope)), carried).toString("base64url");
  return { secret, uri, qr: { size, path }, ticket };
}

function offeredSecret(scope: Scope, ticket: string): string {
  const text = openHere(authSettings().secret, offered(ownId(scope)), Buffer.from(ticket, "base64url"));
  const { secret, until } = (text === null ? {} : JSON.parse(text)) as { secret?: string; until?: number };
  if (secret === undefined || until === undefined || until <= scope.clock.now())
    throw new AppError("expired", "This QR code is too old. Begin again.");
  return secret;
}

/**
 * Keeps the secret once its first code was right; returns the recovery codes, which are never shown again. Other sessions end:
 * they were opened without the second step.
 */
export async function confirmTotp(scope: Scope, { ticket, code }: ConfirmTotp): Promise<readonly string[]> {
  const personId = ownId(scope);
  const secret = offeredSecret(scope, ticket);
  const now = scope.clock.now();
  const lastStep = stepTaken(secret, { code, now, lastStep: 0 });
  if (lastStep === null) throw badInput("The code is not right.", { code: [WRONG_CODE] });
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(10)));
  const sealed = sealHere(authSettings().secret, keptSecret(personId), secret);
  await transaction(scope, async (tx) => {
    await lockHolder(tx.db, personId);
    if (await findTotp(tx.db, personId, false)) throw conflict("You have set up one-time codes already.");
    const hashes = codes.map((each) => hashOf(personId, each));
    await insertTotp(tx.db, personId, { sealed, lastStep, createdAt: new Date(now) }, hashes);
    tx.record({
      kind: "person.totp_enrolled",
      about: [`person:${personId}`],
      detail: { recovery_codes: codes.length },
    });
    await endOwnOthers(tx, scope);
  });
  return codes.map(grouped);
}

export const isRecoveryCode = (code: string): boolean => code.length > 6;

/**
 * Takes a code once, inside the transaction that acts on it. Null: it is wrong, was taken, or there is nothing to take it
 * for. The caller counts tries, and writes an entry about the person.
 */
export async function takeCode(
  tx: Tx,
  scope: Scope,
  personId: string,
  code: string,
): Promise<"totp" | "recovery_code" | null> {
  const row = await findTotp(tx.db, personId, true);
  if (!row) return null;
  const now = scope.clock.now();
  if (isRecoveryCode(code)) {
    if (!(await useRecovery(tx.db, personId, hashOf(personId, code), new Date(now)))) return null;
    const left = await countRecovery(tx.db, personId);
    tx.record({ kind: "person.recovery_code_used", about: [`person:${personId}`], detail: { left } });
    return "recovery_code";
  }
  const secret = openHere(authSettings().secret, keptSecret(personId), row.sealed);
  const step = secret === null ? null : stepTaken(secret, { code, now, lastStep: row.lastStep });
  if (step === null) return null;
  await saveStep(tx.db, personId, step);
  return "totp";
}

/** Takes the acting person's codes away; a fresh code shows that it is they. */
export async function removeOwnTotp(scope: Scope, code: string): Promise<void> {
  const personId = ownId(scope);
  await transaction(scope, async (tx) => {
    if ((await takeCode(tx, scope, personId, code)) === null)
      throw badInput("The code is not right.", { code: [WRONG_CODE] });
    await deleteTotp(tx.db, personId);
    tx.record({ kind: "person.totp_removed", about: [`person:${personId}`], detail: { cause: "own" } });
  });
}

/** Everybody else who has codes, by name, for whoever looks after people. */
export async function listOthersTotp(scope: Scope): Promise<readonly TotpHolder[]> {
  requirePermission(scope, "person.manage", null);
  const holders = await read(scope, selectHolders);
  return holders.filter(({ personId }) => personId !== ownId(scope));
}

/** Somebody lost their device and their recovery codes. Not one's own: those take a code. */
export async function takeTotpFrom(scope: Scope, personId: string): Promise<void> {
  requirePermission(scope, "person.manage", null);
  if (personId === ownId(scope)) throw refused("Your own are taken away by a fresh code.");
  await transaction(scope, async (tx) => {
    if (!(await deleteTotp(tx.db, personId))) throw notFound("one-time code");
    tx.record({
      kind: "person.totp_removed",
      about: [`person:${personId}`],
      detail: { cause: "by_another" },
    });
  });
}
