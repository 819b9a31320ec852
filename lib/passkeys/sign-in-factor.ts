// A confirmed passkey as the second step of signing in.
import { randomBytes } from "node:crypto";
import { generateAuthenticationOptions } from "@simplewebauthn/server";
import { type Db, type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { keepQuestion, takeQuestion } from "./challenge.ts";
import { checkAssertion } from "./check-assertion.ts";
import { CHALLENGE_LIFE, whyNoPasskeys, whyNotCounting } from "./rules.ts";
import type { Assertion } from "./schema.ts";
import { publicAddress, relyingParty } from "./settings.ts";
import type { SigningOptions } from "./sign-approval.ts";
import { findSignCount, lockPasskey, type PasskeyRow, selectPasskeys, updateUse } from "./store.ts";

async function countingOf(db: Db, personId: string): Promise<PasskeyRow[]> {
  const url = publicAddress();
  if (whyNoPasskeys(url) !== null) return [];
  const held = await selectPasskeys(db, personId);
  return held.filter((passkey) => whyNotCounting(passkey, personId, url.hostname) === null);
}

/** Whether the person has one that counts at the address of now: what is lost locks nobody out. */
export const hasPasskey = async (db: Db, personId: string): Promise<boolean> =>
  (await countingOf(db, personId)).length > 0;

/** What the browser asks the person's authenticator, once they have shown their password. */
export async function askFactor(scope: Scope, personId: string): Promise<SigningOptions> {
  const { id: rpID } = relyingParty();
  const challenge = randomBytes(32);
  const held = await transaction(scope, async (tx) => {
    const question = { personId, purpose: "sign_in", challenge: challenge.toString("base64url") } as const;
    await keepQuestion(tx, scope, question);
    return countingOf(tx.db, personId);
  });
  if (held.length === 0) throw refused("You have no passkey that counts. Use a one-time code.");
  return generateAuthenticationOptions({
    ...{ rpID, challenge: new Uint8Array(challenge), userVerification: "required", timeout: CHALLENGE_LIFE },
    allowCredentials: held.map(({ credentialId: id, transports }) => ({ id, transports })),
  });
}

/** The question an answer is to, used up by this. */
export const takeFactorQuestion = async (
  scope: Scope,
  personId: string,
  answer: Assertion,
): Promise<string> =>
  (await takeQuestion(scope, personId, "sign_in", answer.response.clientDataJSON)).challenge;

/** Throws a refusal unless a passkey of the person's that counts now answered. */
export async function checkFactor(
  tx: Tx,
  scope: Scope,
  personId: string,
  { challenge, answer }: { readonly challenge: string; readonly answer: Assertion },
): Promise<void> {
  const party = relyingParty();
  const passkey = await lockPasskey(tx.db, { credentialId: answer.id });
  const why = whyNotCounting(passkey, personId, party.id);
  if (!passkey || why !== null) throw refused(why ?? "This passkey does not count.");
  const { id, credentialId, publicKey } = passkey;
  const signCount = await findSignCount(tx.db, id);
  const counter = await checkAssertion(answer, { party, challenge, credentialId, publicKey, signCount });
  await updateUse(tx.db, id, counter, new Date(scope.clock.now()));
}
