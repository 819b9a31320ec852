// What kinds of providers are called, and in which state one is: said once for list and page.
import { Check, CircleDashed, type LucideIcon, OctagonAlert, PlugZap, Unplug } from "lucide-react";
import type { KeyView, ProviderKind, ProviderView } from "#lib/providers/schema.ts";
import type { Tone } from "../status.ts";

export const KIND_WORDS: Readonly<Record<ProviderKind, string>> = {
  openai: "OpenAI",
  azure_openai: "Azure OpenAI",
  anthropic: "Anthropic",
  openai_compatible: "OpenAI-compatible",
};

export interface ProviderFace {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
}

/** The key that is used: the newest that is not retired. */
export const keyInUse = ({ keys }: ProviderView): KeyView | null =>
  keys.find(({ retiredAt }) => retiredAt === null) ?? null;

/** A test speaks for the key it tried, and for no newer one. */
export function providerFace(provider: ProviderView): ProviderFace {
  if (provider.disabledAt !== null) return { tone: "wait", icon: Unplug, word: "Switched off" };
  const key = keyInUse(provider);
  if (!key) return { tone: "need", icon: CircleDashed, word: "No key" };
  const { test } = provider;
  if (!test || test.keyId !== key.id) return { tone: "wait", icon: CircleDashed, word: "Not tried" };
  if (!test.answer) return { tone: "work", icon: PlugZap, word: "Being tried" };
  return test.answer.problem === null
    ? { tone: "good", icon: Check, word: "Works" }
    : { tone: "bad", icon: OctagonAlert, word: "Does not work" };
}
