// The one model a run may use, described as Codex wants it. Codex knows models by name; one it does not know it would
// treat as a model that cannot apply patches.
import { z } from "zod";
import { refused } from "#lib/errors.ts";

/** Whose description stands in for a model that the program does not know. */
const STAND_IN = "gpt-5.5";

const Catalog = z.object({ models: z.array(z.looseObject({ slug: z.string() })).min(1) });

/** `bundled` is what the program listed when it was added; the result holds `model` alone. */
export function catalogFor(model: string, bundled: string): string {
  const { models } = Catalog.parse(JSON.parse(bundled));
  const own = models.find(({ slug }) => slug === model);
  const entry = own ?? models.find(({ slug }) => slug === STAND_IN);
  if (entry === undefined)
    throw refused(
      `The installed Codex knows neither ${model} nor ${STAND_IN}, whose description would stand in for it.`,
    );
  // What is charged is the model that was chosen, at the price that was stated: no dearer tier, no hint at another model.
  const { default_service_tier: _tier, ...description } = entry;
  const plain = { ...description, service_tiers: [], upgrade: null, availability_nux: null };
  return JSON.stringify({ models: [own ? plain : { ...plain, slug: model, display_name: model }] });
}
