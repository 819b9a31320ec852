// What a branch held on its way and no longer holds: it is left behind with the branch, said, and looked into, for what the agent
// wrote there it had.
import { type Quarantine, quarantineGit } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { decodePath, type TreeEntry } from "./entries.ts";
import type { Imported } from "./import-bundle.ts";
import { readBlobs } from "./read-blobs.ts";
import { readSizes } from "./read-sizes.ts";
import { type Refusal, refusal } from "./refusal.ts";

const MiB = 1024 * 1024;

/** `oid path`; git ends a name at its first line break, which a carriage return is not. */
const LINE = /^([0-9a-f]{40}) (.+)$/s;

export interface LeftBehind {
  /** Of files that a commit of the branch has, and neither the base nor the last tree; by their names, in order. */
  readonly paths: readonly string[];
  /** Contents that a commit of the branch has, and neither of the two, by their id; the path is one of those it lay at. */
  readonly blobs: ReadonlyMap<string, string>;
}

const NOTHING: LeftBehind = { paths: [], blobs: new Map() };

export async function leftBehind(
  quarantine: Quarantine,
  { commits, head, base }: Imported,
  trees: readonly (readonly TreeEntry[])[],
): Promise<LeftBehind | Refusal> {
  if (commits <= 1) return NOTHING;
  const filter = ["--objects", "--filter=object:type=blob", "--filter-provided-objects"];
  const args = ["rev-list", ...filter, "--end-of-options", head, `^${base}`];
  const result = await quarantineGit(quarantine, { args, limits: { outputBytes: 32 * MiB } });
  if (!succeeded(result))
    return refusal("unreadable_tree", `The branch's history cannot be read: ${failureSentence(result)}.`);
  const kept = new Set(trees.flatMap((entries) => entries.flatMap(({ oid, path }) => [oid, path])));
  const paths = new Set<string>();
  const blobs = new Map<string, string>();
  for (const line of result.stdout.toString("latin1").split("\n")) {
    const [, oid = "", name = ""] = LINE.exec(line) ?? [];
    if (name === "" || kept.has(oid)) continue;
    const path = decodePath(Buffer.from(name, "latin1")) ?? "a name that is no UTF-8";
    blobs.set(oid, path);
    if (!kept.has(path)) paths.add(path);
  }
  return { paths: [...paths].sort(), blobs };
}

/** A content that was left behind. */
export interface LeftText {
  readonly path: string;
  readonly text: string;
}

export interface LeftTexts {
  readonly texts: readonly LeftText[];
  /** Contents that were too large, or too many. */
  readonly unread: number;
}

const LARGEST = 1 * MiB;
const ALL = 8 * MiB;

/** Smallest first: many small files are not kept from being read by a large one. */
export async function readLeft(quarantine: Quarantine, { blobs }: LeftBehind): Promise<LeftTexts> {
  if (blobs.size === 0) return { texts: [], unread: 0 };
  const sizes = [...(await readSizes(quarantine, [...blobs.keys()]))].sort(
    ([, one], [, other]) => one - other,
  );
  let total = 0;
  const wanted = sizes.flatMap(([oid, size]) => {
    total += size;
    return size <= LARGEST && total <= ALL ? [oid] : [];
  });
  const texts: LeftText[] = [];
  await readBlobs(quarantine, wanted, {
    keepBytes: LARGEST,
    onBlob(oid, _digest, content) {
      if (content !== null) texts.push({ path: blobs.get(oid) ?? "", text: content.toString("utf8") });
    },
  });
  return { texts, unread: blobs.size - texts.length };
}
