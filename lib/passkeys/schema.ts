import { z } from "zod";

const MESSAGE = "The browser's answer cannot be read. Try again.";
/** Base64url without padding, as browsers write bytes in JSON. */
const bytes = (most: number) =>
  z
    .string(MESSAGE)
    .max(most, MESSAGE)
    .regex(/^[A-Za-z0-9_-]+$/, MESSAGE);

export const PasskeyName = z
  .string()
  .trim()
  .min(1, "Give the passkey a name, such as the device it is on.")
  .max(60, "At most 60 characters.");

const transports = z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(10);

/** What `navigator.credentials.create` gave. */
const Registration = z.object({
  id: bytes(1400),
  rawId: bytes(1400),
  type: z.literal("public-key", MESSAGE),
  response: z.object({
    clientDataJSON: bytes(8000),
    attestationObject: bytes(16_000),
    transports: transports.optional().catch(undefined),
  }),
});
export type Registration = z.infer<typeof Registration>;

/** What `navigator.credentials.get` gave. */
export const Assertion = z.object({
  id: bytes(1400),
  rawId: bytes(1400),
  type: z.literal("public-key", MESSAGE),
  response: z.object({
    clientDataJSON: bytes(8000),
    authenticatorData: bytes(2000),
    signature: bytes(2000),
  }),
});
export type Assertion = z.infer<typeof Assertion>;

/** A form's field that holds JSON of the browser's; left out or empty where there is none. */
const jsonOf = (text: unknown): unknown => {
  if (typeof text !== "string") return text;
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const AssertionField = z.preprocess(jsonOf, Assertion.optional());

export const EnrolPasskey = z.object({ name: PasskeyName, registration: z.preprocess(jsonOf, Registration) });
export type EnrolPasskey = z.infer<typeof EnrolPasskey>;

/** `credential` is the digest that was shown: what is confirmed is what was looked at. */
export const ConfirmPasskey = z.object({
  passkeyId: z.string().min(1).max(100),
  credential: z.string().regex(/^[0-9a-f]{64}$/, "The page is out of date. Reload it."),
});
export type ConfirmPasskey = z.infer<typeof ConfirmPasskey>;

export const OnePasskey = z.object({ passkeyId: z.string().min(1).max(100) });

/** At the second step of signing in, with where to go afterwards. */
export const PasskeyStep = z.object({
  assertion: z.preprocess(jsonOf, Assertion),
  next: z.string().max(2000).catch("/").default("/"),
});

export interface PasskeyView {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly name: string;
  /** SHA-256 of the credential's id, hex: as entries name it. */
  readonly credential: string;
  /** SHA-256 of the public key, hex: as a verifier's policy pins it. */
  readonly key: string;
  readonly algorithm: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly confirmedByName: string | null;
  readonly confirmedAt: Date | null;
  /** Bound to the address this deployment has now. */
  readonly isUsable: boolean;
}

/** What is signed at a gate. Its SHA-256 is the challenge. */
export const Statement = z.strictObject({
  v: z.literal(1),
  /** Digest of the decision document. */
  approves: z.string(),
  gate: z.string(),
  decision: z.literal("approve"),
  person: z.string(),
  /** Where it was asked for, as the browser has to say too. */
  origin: z.string(),
  nonce: z.string(),
});
export type Statement = z.infer<typeof Statement>;
