import { z } from "zod";

/** Micro-units of US dollars for a million tokens: 1.25 dollars are 1,250,000. */
const perMillion = z
  .int("Write a whole number.")
  .min(0, "A price is not below zero.")
  .max(10_000_000_000, "At most 10,000 dollars for a million tokens.");

/** What a model costs. Reasoning is a part of the output, cached and newly cached input are parts of the input. */
export const Rates = z.strictObject({
  input: perMillion,
  /** Input the provider had in its cache. */
  cached: perMillion,
  /** Input the provider put into its cache. */
  cacheWrite: perMillion,
  output: perMillion,
  /** Output that is reasoning. */
  reasoning: perMillion,
});
export type Rates = z.infer<typeof Rates>;

export interface Price extends Rates {
  readonly id: string;
}

/** Tokens as a provider counted them. */
export interface Usage {
  /** All of the input: cached and newly cached tokens are part of it. */
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  /** All of the output: reasoning is part of it. */
  readonly output: number;
  readonly reasoning: number;
}

/** Letters, digits and what provider names of models hold; never a sentence. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/;
export const ModelName = z
  .string()
  .trim()
  .regex(MODEL_NAME, "Write the model's name as the provider does, such as gpt-5 or claude-sonnet-4-5.");

export const SetPrice = z.object({
  providerId: z.string().min(1).max(100),
  model: ModelName,
  /** Number of the version this replaces, as the form showed it; 0 where there was none. */
  replaces: z.coerce.number().int().min(0),
  rates: Rates,
});
export type SetPrice = z.infer<typeof SetPrice>;

/** The newest version of a model's price, as lists show it. */
export interface PriceView extends Price {
  readonly providerId: string;
  readonly model: string;
  readonly version: number;
  readonly setBy: string;
  readonly setByName: string;
  readonly setAt: Date;
}
