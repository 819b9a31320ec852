// What an authenticator signed, held against what it was asked. Each fault has a sentence; the signature itself is
// checked by the library.
import { createHash } from "node:crypto";
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { z } from "zod";
import { AppError, refused } from "../errors.ts";
import type { RelyingParty } from "./rules.ts";
import type { Assertion } from "./schema.ts";

const ClientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

export interface Expected {
  readonly party: RelyingParty;
  /** Base64url. */
  readonly challenge: string;
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  /** The counter as it stood last. */
  readonly signCount: number;
}

const HEAD = 37;
const [PRESENT, VERIFIED] = [0x01, 0x04];

/** What the browser said; null where it cannot be read. */
function clientDataOf(written: string): z.infer<typeof ClientData> | null {
  try {
    return ClientData.parse(JSON.parse(Buffer.from(written, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}

function faultOf({ id, rawId, response }: Assertion, expected: Expected): string | null {
  const said = clientDataOf(response.clientDataJSON);
  const told = Buffer.from(response.authenticatorData, "base64url");
  if (said === null || told.length < HEAD) return "What the browser answered cannot be read. Sign again.";
  if (id !== rawId || id !== expected.credentialId) return "Another passkey signed than the one named.";
  if (said.type !== "webauthn.get") return "What was signed is not an answer to this question.";
  if (said.challenge !== expected.challenge) return "What was signed is another decision than this one.";
  if (said.origin !== expected.party.origin || said.crossOrigin || said.topOrigin !== undefined)
    return `It was signed on another site than ${expected.party.origin}. Nothing was decided; look where you are.`;
  const rpIdHash = createHash("sha256").update(expected.party.id).digest();
  if (!told.subarray(0, 32).equals(rpIdHash))
    return "The passkey signed for another site. Nothing was decided; look where you are.";
  const flags = told[32] ?? 0;
  if (!(flags & PRESENT) || !(flags & VERIFIED))
    return "The passkey did not check that it is you: a PIN, a fingerprint or a face is needed.";
  const counter = told.readUInt32BE(33);
  if ((counter > 0 || expected.signCount > 0) && counter <= expected.signCount)
    return "The passkey's own counter went back: there may be a copy of it. Remove it and enrol another.";
  return null;
}

/** The counter as it stands now. Throws a refusal for anything that is not exactly what was asked. */
export async function checkAssertion(assertion: Assertion, expected: Expected): Promise<number> {
  const fault = faultOf(assertion, expected);
  if (fault !== null) throw refused(fault);
  const { party, challenge, credentialId, publicKey, signCount } = expected;
  const credential = { id: credentialId, publicKey: new Uint8Array(publicKey), counter: signCount };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...assertion, clientExtensionResults: {} },
      ...{ expectedChallenge: challenge, expectedOrigin: party.origin, expectedRPID: party.id },
      ...{ credential, requireUserVerification: true },
    });
    if (verified) return authenticationInfo.newCounter;
  } catch (error) {
    throw new AppError("refused", NOT_ITS, { cause: error });
  }
  throw refused(NOT_ITS);
}

const NOT_ITS = "The signature is not this passkey's.";
