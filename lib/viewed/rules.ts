// What a file of a patch is known by, so that having viewed it ends when it becomes another one. Pure.
import { createHash } from "node:crypto";
import type { PatchFile } from "../patches/schema.ts";

const NUL = 0;
/** `mode SP sha256 SP mode SP sha256 SP`. */
const SIDES = 2 * (6 + 1 + 64 + 1);

/** Mode and content of each path before and after, by the patch's manifest (worker/git/intake/manifest.ts). */
export function sidesOf(manifest: Buffer): Map<string, string> {
  const sides = new Map<string, string>();
  for (let at = manifest.indexOf(NUL) + 1; at > 0 && at < manifest.length; ) {
    const end = manifest.indexOf(NUL, at + SIDES);
    if (end < 0) break;
    sides.set(manifest.toString("utf8", at + SIDES, end), manifest.toString("latin1", at, at + SIDES));
    at = end + 1;
  }
  return sides;
}

/** SHA-256 of what the file was and is; null where the manifest does not know it. */
export function contentOf(
  sides: ReadonlyMap<string, string>,
  { path, previousPath }: Pick<PatchFile, "path" | "previousPath">,
): string | null {
  const own = sides.get(path);
  if (own === undefined) return null;
  const before = previousPath === null ? "" : `${previousPath}\0${sides.get(previousPath) ?? ""}`;
  return createHash("sha256").update(`${own}${before}`, "utf8").digest("hex");
}
