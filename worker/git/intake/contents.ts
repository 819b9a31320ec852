// Reads the contents a patch touches: digests of all of them, bytes of those the rules look into.
import type { Quarantine } from "../quarantine.ts";
import { shownPath } from "../sentences.ts";
import type { Caps } from "./caps.ts";
import type { TreeChanges } from "./changes.ts";
import type { TreeEntry, Version } from "./entries.ts";
import type { BlobDigests } from "./manifest.ts";
import { readBlobs } from "./read-blobs.ts";
import { readSizes } from "./read-sizes.ts";
import { type Refusal, refusal } from "./refusal.ts";

const MiB = 1024 * 1024;
/** Larger files are hashed but not searched for hidden characters. */
const KEEP_BYTES = 4 * MiB;
const KEEP_TOTAL_BYTES = 128 * MiB;
const MOST_LINKS = 5_000;

export interface PatchContents {
  readonly outcome: "read";
  /** SHA-256 by blob id, of every blob on either side of a change. */
  readonly digests: BlobDigests;
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly sizes: ReadonlyMap<string, number>;
}

const isBlob = (version: Version | null): version is Version => version !== null && version.mode !== "160000";

function linkOids(entries: readonly TreeEntry[]): string[] {
  return entries
    .filter(({ mode }) => mode === "120000")
    .slice(0, MOST_LINKS)
    .map(({ oid }) => oid);
}

/** `known` are digests of earlier reads of the same repository; contents are read all the same where a rule needs them. */
export async function readContents(
  quarantine: Quarantine,
  { changes, headEntries }: TreeChanges,
  caps: Caps,
  known: BlobDigests,
): Promise<PatchContents | Refusal> {
  const versions = changes.flatMap(({ path, before, after }) =>
    [before, after].filter(isBlob).map(({ oid }) => ({ path, oid })),
  );
  const touchesLinks = changes.some(({ after }) => after?.mode === "120000");
  const wanted = new Set([...versions.map(({ oid }) => oid), ...(touchesLinks ? linkOids(headEntries) : [])]);
  const sizes = await readSizes(quarantine, [...wanted]);
  const tooLarge = versions.find(({ oid }) => (sizes.get(oid) ?? 0) > caps.fileBytes);
  if (tooLarge !== undefined) {
    return refusal(
      "too_large",
      `The file ${shownPath(tooLarge.path, 80)} has more than ${caps.fileBytes} bytes.`,
    );
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total > caps.totalBytes)
    return refusal(
      "too_large",
      `The changed files have ${total} bytes; at most ${caps.totalBytes} are taken.`,
    );
  return readWanted(quarantine, wanted, sizes, known);
}

async function readWanted(
  quarantine: Quarantine,
  wanted: ReadonlySet<string>,
  sizes: ReadonlyMap<string, number>,
  known: BlobDigests,
): Promise<PatchContents> {
  const digests = new Map<string, string>();
  const contents = new Map<string, Buffer>();
  let kept = 0;
  const unread = [...wanted].filter((oid) => {
    const digest = known.get(oid);
    const large = (sizes.get(oid) ?? 0) > KEEP_BYTES;
    if (digest !== undefined && large) digests.set(oid, digest);
    return !(digest !== undefined && large);
  });
  await readBlobs(quarantine, unread, {
    keepBytes: KEEP_BYTES,
    onBlob(oid, sha256, content) {
      digests.set(oid, sha256);
      if (content === null || kept + content.length > KEEP_TOTAL_BYTES) return;
      kept += content.length;
      contents.set(oid, content);
    },
  });
  return { outcome: "read", digests, contents, sizes };
}
