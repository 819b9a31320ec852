import { z } from "zod";

const id = z.string().min(1).max(100);
const TOO_LONG = "That is longer than keys are.";

export const SetUpstreamKey = z.object({
  repositoryId: id,
  /** Lines as ssh-keyscan or a file of known hosts has them. */
  hostKeys: z.string({ error: "Paste the host's public key." }).trim().max(40_000, TOO_LONG),
  /** Left empty, one is made. */
  privateKey: z
    .string()
    .trim()
    .max(20_000, TOO_LONG)
    .transform((text) => (text === "" ? undefined : text))
    .optional(),
});
export type SetUpstreamKey = z.output<typeof SetUpstreamKey>;

export const EndUpstreamKey = z.object({ repositoryId: id });
export type EndUpstreamKey = z.infer<typeof EndUpstreamKey>;

/** A public key as ssh writes it: `type base64`. */
export const KeyLine = z.string().regex(/^[a-z0-9@.-]{1,60} [A-Za-z0-9+/=]{20,2800}$/);

/** What is sealed: the host keys with the private one, so that a row with others beside it deceives nobody. */
export const SealedKey = z.object({
  privateKey: z.string().min(1).max(20_100),
  hostKeys: z.array(KeyLine).min(1).max(8),
});
export type SealedKey = z.infer<typeof SealedKey>;

export interface FingerprintView {
  readonly type: string;
  /** `SHA256:…`, as ssh shows it. */
  readonly fingerprint: string;
}

export interface UpstreamKeyView {
  readonly repositoryId: string;
  /** For the host's list of deploy keys. */
  readonly publicKey: string;
  readonly hostKeys: readonly FingerprintView[];
  readonly setByName: string;
  readonly setAt: Date;
}

/** For the worker. */
export interface UpstreamKeyForWork {
  readonly id: string;
  readonly sealed: Uint8Array;
}
