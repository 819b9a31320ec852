// People with passkeys, made through the product's services.
import { confirmPasskey } from "#lib/passkeys/confirm-passkey.ts";
import { askEnrolment, credentialDigest, enrolPasskey } from "#lib/passkeys/enrol-passkey.ts";
import type { Scope } from "#lib/scope.ts";
import { TEST_URL } from "../web-env.ts";
import { type Algorithm, type Authenticator, softAuthenticator } from "./authenticator.ts";

export const TEST_SITE = { origin: TEST_URL, rpId: "localhost" };

export interface OwnPasskey {
  readonly passkeyId: string;
  readonly key: Authenticator;
}

/** A passkey of the person; confirmed where somebody is named who does. */
export async function passkeyOf(
  owner: Scope,
  confirmer: Scope | null,
  algorithm: Algorithm = "ES256",
): Promise<OwnPasskey> {
  const key = softAuthenticator(TEST_SITE, algorithm);
  const registration = key.create(await askEnrolment(owner));
  const passkeyId = await enrolPasskey(owner, { name: "Laptop", registration });
  const credential = credentialDigest(key.credentialId);
  if (confirmer) await confirmPasskey(confirmer, { passkeyId, credential });
  return { passkeyId, key };
}
