import { z } from "zod";

const HOST = "Write the host alone, such as api.github.com.";
const host = z
  .string({ error: HOST })
  .trim()
  .toLowerCase()
  .regex(/^(?=.{1,260}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, HOST);
const NUMBER = "Write it in digits, as GitHub shows it.";
const number = z
  .string({ error: NUMBER })
  .trim()
  .regex(/^\d{1,20}$/, NUMBER);
const APP = "Write the app's client id or number, as GitHub shows it.";
const KEY = "Paste the whole private key, from its BEGIN line to its END line.";
const TOKEN = "Paste the token: 10 to 1,000 characters without spaces.";
const pilotId = z.string().min(1).max(100);

/** What is sealed: of an app what tokens for its installation are asked for with, else a token as it is. */
export const Credential = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("github_app"),
    app: z
      .string({ error: APP })
      .trim()
      .regex(/^[A-Za-z0-9.]{1,60}$/, APP),
    installation: number,
    key: z
      .string({ error: KEY })
      .trim()
      .max(6000, KEY)
      .regex(/^-----BEGIN (RSA )?PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END (RSA )?PRIVATE KEY-----$/, KEY),
  }),
  z.object({
    kind: z.literal("token"),
    token: z
      .string({ error: TOKEN })
      .trim()
      .regex(/^[\x21-\x7e]{10,1000}$/, TOKEN),
  }),
]);
export type Credential = z.infer<typeof Credential>;
export type CredentialKind = Credential["kind"];

export const SetCredential = z.intersection(z.object({ pilotId, host }), Credential);
export type SetCredential = z.infer<typeof SetCredential>;
export const RemoveCredential = z.object({ pilotId, credentialId: z.string().min(1).max(100) });
export type RemoveCredential = z.infer<typeof RemoveCredential>;

export interface CredentialView {
  readonly id: string;
  readonly host: string;
  readonly kind: CredentialKind;
  readonly setByName: string;
  readonly setAt: Date;
}

/** Taken by the worker, which tells it now. */
export interface TakenCallback {
  readonly id: string;
  readonly releaseId: string;
  readonly pilotId: string;
  readonly gateId: string;
  readonly url: string;
  readonly host: string;
  readonly commit: string;
  readonly environment: string;
  readonly attempts: number;
  /** When there was something to tell, and somebody to tell it to. */
  readonly since: Date;
  readonly credentialId: string;
  readonly sealed: Uint8Array;
}
