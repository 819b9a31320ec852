import type { ForgeForWork } from "#lib/forges/connections/schema.ts";
import type { Source } from "../git/source/check-source.ts";

/** What is sealed for a forge is shown to its own host alone. */
export const isOfForge = (source: Source, { address }: Pick<ForgeForWork, "address">): boolean =>
  source.kind === "https" && new URL(source.url).host === new URL(address).host;
