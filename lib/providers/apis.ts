import type { ModelApi } from "../protocol/schema.ts";
import type { ProviderKind } from "./schema.ts";

const SPEAKS: Readonly<Record<ProviderKind, readonly ModelApi[]>> = {
  openai: ["responses", "chat"],
  azure_openai: ["responses", "chat"],
  anthropic: ["messages"],
  openai_compatible: ["responses", "chat", "messages"],
};

/** How a provider of this kind can be asked. */
export const apisOf = (kind: ProviderKind): readonly ModelApi[] => SPEAKS[kind];
