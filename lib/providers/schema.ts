import { z } from "zod";
import { ModelName } from "../prices/schema.ts";

export const ProviderKind = z.enum(["openai", "azure_openai", "anthropic", "openai_compatible"]);
export type ProviderKind = z.infer<typeof ProviderKind>;

/** What a kind needs beside its address. */
export const ProviderSettings = z.strictObject({
  /** Azure: sent as `api-version`; the `v1` path needs none. */
  apiVersion: z
    .string()
    .regex(/^[0-9A-Za-z.-]{1,40}$/)
    .optional(),
  /** OpenAI: sent as `openai-organization` and `openai-project`. */
  organization: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,100}$/)
    .optional(),
  project: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,100}$/)
    .optional(),
});
export type ProviderSettings = z.infer<typeof ProviderSettings>;

const NAME = "Give the provider a name of 2 to 80 characters.";
const ADDRESS = "Write the provider's address, such as https://api.openai.com/v1.";

export const CreateProvider = z.object({
  name: z
    .string({ error: NAME })
    .trim()
    .min(2, NAME)
    .max(80, NAME)
    .refine((name) => !/\p{Cc}/u.test(name), NAME),
  kind: ProviderKind,
  /** Empty for a kind that has one address only. Checked further by `baseUrlOf`. */
  baseUrl: z.string().trim().max(300, ADDRESS).default(""),
  settings: ProviderSettings.default({}),
});
export type CreateProvider = z.infer<typeof CreateProvider>;

const KEY = "Paste the key as the provider gave it: 8 to 500 characters without spaces.";

export const SetKey = z.object({
  providerId: z.string().min(1).max(100),
  key: z
    .string({ error: KEY })
    .trim()
    .regex(/^[\x21-\x7e]{8,500}$/, KEY),
});
export type SetKey = z.infer<typeof SetKey>;

export const RetireKey = z.object({
  providerId: z.string().min(1).max(100),
  keyId: z.string().min(1).max(100),
});
export type RetireKey = z.infer<typeof RetireKey>;
export const DisableProvider = z.object({ providerId: z.string().min(1).max(100) });
export type DisableProvider = z.infer<typeof DisableProvider>;
export const AskTest = RetireKey;
export type AskTest = RetireKey;

/** What the gateway found when it tried a key. */
export const TestAnswer = z.object({
  /** Names of models the provider offers; those that are no names are left out. */
  models: z.array(ModelName).max(1000),
  latencyMs: z.int().min(0),
  /** Why it does not work; null when it does. Holds nothing of the key. */
  problem: z.string().max(500).nullable(),
});
export type TestAnswer = z.infer<typeof TestAnswer>;

/** A test the gateway is to make. */
export interface AskedTest {
  readonly testId: string;
  readonly providerId: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  readonly settings: ProviderSettings;
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

export interface KeyView {
  readonly id: string;
  /** The last four characters. */
  readonly hint: string;
  readonly setBy: string;
  readonly setByName: string;
  readonly setAt: Date;
  readonly retiredAt: Date | null;
}

export interface TestView {
  readonly id: string;
  readonly keyId: string;
  readonly askedAt: Date;
  readonly answeredAt: Date | null;
  readonly answer: TestAnswer | null;
}

export interface ProviderView {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  readonly settings: ProviderSettings;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  /** Newest first. The newest that is not retired is used. */
  readonly keys: readonly KeyView[];
  /** The last test that was asked for. */
  readonly test: TestView | null;
}
