// Enrolment: the authenticator makes a key for this deployment, and the entry carries it. It counts for nothing yet.
import { createHash, randomBytes } from "node:crypto";
import { generateRegistrationOptions, verifyRegistrationResponse } from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { can, PermissionDenied } from "../authz/rules.ts";
import { isDuplicate, type Tx, transaction } from "../db.ts";
import { AppError, conflict, forbidden, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { getPerson } from "../people/service.ts";
import { made } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { keepQuestion, takeQuestion } from "./challenge.ts";
import { ALGORITHMS, CHALLENGE_LIFE, MOST_PASSKEYS, passkeyState, type RelyingParty } from "./rules.ts";
import type { EnrolPasskey, Registration } from "./schema.ts";
import { relyingParty } from "./settings.ts";
import { insertPasskey, insertUse, selectPasskeys } from "./store.ts";

export type EnrolmentOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;

const IDS = Object.keys(ALGORITHMS).map(Number);

export const digestOf = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of the id as its authenticator has it. */
export const credentialDigest = (credentialId: string): string =>
  digestOf(Buffer.from(credentialId, "base64url"));

function ownId(scope: Scope): string {
  if (!can(scope.grants, "passkey.enrol")) throw new PermissionDenied("passkey.enrol", null);
  if (scope.actor.kind !== "user") throw forbidden("Only a person who is signed in has passkeys.");
  return scope.actor.personId;
}

/** What the browser is asked to make. */
export async function askEnrolment(scope: Scope): Promise<EnrolmentOptions> {
  const personId = ownId(scope);
  const { id: rpID } = relyingParty();
  const person = await getPerson(scope, personId);
  const challenge = randomBytes(32);
  const held = await transaction(scope, async (tx) => {
    const question = { personId, purpose: "enrol", challenge: challenge.toString("base64url") } as const;
    await keepQuestion(tx, scope, question);
    return roomFor(tx, personId);
  });
  return generateRegistrationOptions({
    ...{ rpName: "Pilothouse", rpID, challenge: new Uint8Array(challenge) },
    ...{ userName: person.email, userDisplayName: person.name },
    userID: new TextEncoder().encode(personId),
    attestationType: "none",
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    excludeCredentials: held.map(({ credentialId: id, transports }) => ({ id, transports })),
    supportedAlgorithmIDs: IDS,
    timeout: CHALLENGE_LIFE,
  });
}

async function roomFor(tx: Tx, personId: string) {
  const held = await selectPasskeys(tx.db, personId);
  if (held.length >= MOST_PASSKEYS)
    throw refused(`You have ${MOST_PASSKEYS} passkeys already. Remove one you no longer use.`);
  return held;
}

/** Takes in what the browser made. Returns the passkey's id. */
export async function enrolPasskey(scope: Scope, { name, registration }: EnrolPasskey): Promise<string> {
  const personId = ownId(scope);
  const party = relyingParty();
  const { challenge } = await takeQuestion(scope, personId, "enrol", registration.response.clientDataJSON);
  const { credential, algorithm } = await checkRegistration(registration, party, challenge);
  const now = scope.clock.now();
  const id = newId("passkey", now);
  const { id: credentialId, publicKey, counter } = credential;
  const row = {
    ...{ id, personId, name, credentialId, algorithm, rpId: party.id, createdAt: new Date(now) },
    publicKey: new Uint8Array(publicKey),
    transports: [...(registration.response.transports ?? [])],
  };
  const digest = credentialDigest(credentialId);
  try {
    await transaction(scope, async (tx) => {
      await roomFor(tx, personId);
      await insertPasskey(tx.db, row);
      await insertUse(tx.db, id, counter);
      tx.record({
        kind: "passkey.enrolled",
        about: [`passkey:${id}`, `person:${personId}`],
        ...made(passkeyState({ id, personId, credential: digest }, "waiting")),
        detail: {
          ...{ passkey: id, person: personId, credential: digest, rp: digestOf(party.id) },
          key: Buffer.from(publicKey).toString("base64url"),
        },
      });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw conflict("This passkey is enrolled here already.");
  }
  return id;
}

async function checkRegistration(registration: Registration, party: RelyingParty, expectedChallenge: string) {
  const { response, ...rest } = registration;
  const answer = await verifyRegistrationResponse({
    response: {
      ...rest,
      response: { clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject },
      clientExtensionResults: {},
    },
    ...{ expectedChallenge, expectedOrigin: party.origin, expectedRPID: party.id },
    ...{ requireUserVerification: true, supportedAlgorithmIDs: IDS },
  }).catch((error: unknown) => {
    throw new AppError("refused", NOT_MADE, { cause: error });
  });
  if (!answer.verified) throw refused(NOT_MADE);
  const { credential } = answer.registrationInfo;
  return { credential, algorithm: algorithmOf(credential.publicKey) };
}

const NOT_MADE =
  "What the browser made is no passkey for this site, or nobody was asked for a PIN, a fingerprint or a face. Try again.";

function algorithmOf(publicKey: Uint8Array): number {
  const algorithm = decodeCredentialPublicKey(new Uint8Array(publicKey)).get(cose.COSEKEYS.alg);
  if (typeof algorithm !== "number" || !IDS.includes(algorithm)) throw refused(NOT_MADE);
  return algorithm;
}
