import type { ModelApi } from "../protocol/schema.ts";
import { apisOf } from "../providers/apis.ts";
import type { ProviderKind } from "../providers/schema.ts";
import type { ModelDriver } from "./schema.ts";

const ASKS: Readonly<Record<ModelDriver, ModelApi>> = {
  openai: "responses",
  codex: "responses",
  claude: "messages",
};

/** How an agent of this driver asks its model. Drivers without a model ask nothing. */
export const apiOf = (driver: string): ModelApi => ASKS[driver as ModelDriver] ?? "responses";

const NAMES: Readonly<Record<ModelApi, string>> = {
  responses: "Responses",
  chat: "Chat Completions",
  messages: "Messages",
};

/** Null when the driver can be used with the provider, else the sentence that says why not. */
export function refusalToUse(driver: ModelDriver, kind: ProviderKind): string | null {
  const api = apiOf(driver);
  if (apisOf(kind).includes(api)) return null;
  return `This program speaks the ${NAMES[api]} API, and that provider does not. Choose another provider or program.`;
}
