import type { Identity } from "./publish/rebuild-commit.ts";

/** Author and committer of every commit we build; people stand in its trailers. */
export const PILOTHOUSE: Identity = { name: "Pilothouse", email: "pilothouse@localhost" };
