// A decision signed by a person's authenticator: what it is asked, and what its answer is worth.
import { createHash, randomBytes } from "node:crypto";
import { generateAuthenticationOptions } from "@simplewebauthn/server";
import { type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { keepQuestion, takeQuestion } from "./challenge.ts";
import { checkAssertion } from "./check-assertion.ts";
import { digestOf } from "./enrol-passkey.ts";
import { CHALLENGE_LIFE, whyNotCounting } from "./rules.ts";
import { type Assertion, Statement } from "./schema.ts";
import { relyingParty } from "./settings.ts";
import { findSignCount, lockPasskey, selectPasskeys, updateUse } from "./store.ts";

export type SigningOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

export interface Approving {
  readonly gateId: string;
  /** Of the decision document. */
  readonly digest: string;
  readonly personId: string;
}

const challengeOf = (statement: string): Buffer => createHash("sha256").update(statement, "utf8").digest();

/** What the person's passkeys are asked to sign. Refused where none of them counts. */
export async function askToSign(
  scope: Scope,
  { gateId, digest, personId }: Approving,
): Promise<SigningOptions> {
  const { id: rpID, origin } = relyingParty();
  const statement: Statement = {
    ...{ v: 1, approves: digest, gate: gateId, decision: "approve", person: personId, origin },
    nonce: randomBytes(16).toString("hex"),
  };
  const text = canonicalText(statement);
  const challenge = challengeOf(text);
  const held = await transaction(scope, async (tx) => {
    const usable = countingOf(await selectPasskeys(tx.db, personId), personId, rpID);
    if (usable.length > 0) {
      const asked = { challenge: challenge.toString("base64url"), statement: text };
      await keepQuestion(tx, scope, { personId, purpose: "approve", ...asked });
    }
    return usable;
  });
  if (held.length === 0) throw refused(NO_PASSKEY);
  return generateAuthenticationOptions({
    ...{ rpID, challenge: new Uint8Array(challenge), userVerification: "required", timeout: CHALLENGE_LIFE },
    allowCredentials: held.map(({ credentialId: id, transports }) => ({ id, transports })),
  });
}

export const NO_PASSKEY =
  "This decision is signed with a passkey, and you have none that counts. Enrol one on Passkeys and have somebody else confirm it.";

const countingOf = <P extends Parameters<typeof whyNotCounting>[0] & object>(
  passkeys: readonly P[],
  personId: string,
  rpId: string,
): P[] => passkeys.filter((passkey) => whyNotCounting(passkey, personId, rpId) === null);

/** Whether the person could sign something now. */
export async function maySign(tx: Pick<Tx, "db">, personId: string): Promise<boolean> {
  const { id } = relyingParty();
  return countingOf(await selectPasskeys(tx.db, personId), personId, id).length > 0;
}

/** The statement that an answer is to. It is used up by this. */
export async function takeStatement(scope: Scope, personId: string, answer: Assertion): Promise<string> {
  const { clientDataJSON } = answer.response;
  return (await takeQuestion(scope, personId, "approve", clientDataJSON)).statement ?? "";
}

export interface SignedApproval {
  readonly passkeyId: string;
  /** Canonical JSON: the statement, and the authenticator's answer to it. */
  readonly text: string;
  /** Hex SHA-256 of that text. */
  readonly digest: string;
}

/** Throws a refusal unless a passkey of the person's that counts now signed exactly this. */
export async function checkSigned(
  tx: Tx,
  scope: Scope,
  approving: Approving,
  { statement, answer }: { readonly statement: string; readonly answer: Assertion },
): Promise<SignedApproval> {
  const party = relyingParty();
  const { approves, gate, person, origin } = Statement.parse(JSON.parse(statement));
  const { gateId, digest, personId } = approving;
  if (approves !== digest || gate !== gateId || person !== personId || origin !== party.origin)
    throw refused("What was signed is another decision than this one. Sign again.");
  const passkey = await lockPasskey(tx.db, { credentialId: answer.id });
  const why = whyNotCounting(passkey, personId, party.id);
  if (!passkey || why !== null) throw refused(why ?? NO_PASSKEY);
  const { credentialId, publicKey } = passkey;
  const signCount = await findSignCount(tx.db, passkey.id);
  const challenge = challengeOf(statement).toString("base64url");
  const counter = await checkAssertion(answer, { party, challenge, credentialId, publicKey, signCount });
  await updateUse(tx.db, passkey.id, counter, new Date(scope.clock.now()));
  const { authenticatorData, clientDataJSON, signature } = answer.response;
  const signed = { authenticatorData, clientDataJSON, credential: credentialId, signature, statement };
  const text = canonicalText({ v: 1, ...signed });
  return { passkeyId: passkey.id, text, digest: digestOf(text) };
}
