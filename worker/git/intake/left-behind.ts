// What a branch held on its way and no longer holds: it is left behind with the branch, and said.
import { type Quarantine, quarantineGit } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { decodePath, type TreeEntry } from "./entries.ts";
import type { Imported } from "./import-bundle.ts";
import { type Refusal, refusal } from "./refusal.ts";

const MiB = 1024 * 1024;

/** `oid path`; git ends a name at its first line break, which a carriage return is not. */
const LINE = /^([0-9a-f]{40}) (.+)$/s;

/** Paths of files that a commit of the branch has, and neither the base nor the last tree; by their names, in order. */
export async function leftBehind(
  quarantine: Quarantine,
  { commits, head, base }: Imported,
  trees: readonly (readonly TreeEntry[])[],
): Promise<string[] | Refusal> {
  if (commits <= 1) return [];
  const blobs = ["--objects", "--filter=object:type=blob", "--filter-provided-objects"];
  const args = ["rev-list", ...blobs, "--end-of-options", head, `^${base}`];
  const result = await quarantineGit(quarantine, { args, limits: { outputBytes: 32 * MiB } });
  if (!succeeded(result))
    return refusal("unreadable_tree", `The branch's history cannot be read: ${failureSentence(result)}.`);
  const kept = new Set(trees.flatMap((entries) => entries.flatMap(({ oid, path }) => [oid, path])));
  const paths = new Set<string>();
  for (const line of result.stdout.toString("latin1").split("\n")) {
    const [, oid = "", name = ""] = LINE.exec(line) ?? [];
    const path = decodePath(Buffer.from(name, "latin1")) ?? "a name that is no UTF-8";
    if (name !== "" && !kept.has(oid) && !kept.has(path)) paths.add(path);
  }
  return [...paths].sort();
}
