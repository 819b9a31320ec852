// The patch as bytes that can be signed. Version 1, for every path whose entry differs between the base tree and the
// proposed tree, in ascending order of the path's bytes:
//
//   pilothouse patch manifest v1 LF NUL
//   { mode SP sha256 SP mode SP sha256 SP path NUL }      before, then after
//
// `mode` is six octal digits as git has them (100644, 100755, 120000, 160000), `sha256` 64 lower-case hexadecimal digits of
// the content: a file's bytes, a symbolic link's target, a submodule's commit id in ASCII. A side that does not exist
// is mode 000000 and 64 zeros. `path` is raw bytes; it cannot hold NUL. The digest of the patch is the SHA-256 of all of it.
// Unchanged paths are no part of it: the same change on a moved base has the same digest.
import { createHash } from "node:crypto";
import type { Change, Version } from "./entries.ts";
import { EMPTY_MODE } from "./modes.ts";

const HEADER = "pilothouse patch manifest v1\n\0";
const NOTHING = `${EMPTY_MODE} ${"0".repeat(64)}`;

/** SHA-256 of contents by git blob id. Immutable facts: worth keeping per repository. */
export type BlobDigests = ReadonlyMap<string, string>;

function side(version: Version | null, digests: BlobDigests): string {
  if (version === null) return NOTHING;
  if (version.mode === "160000")
    return `${version.mode} ${createHash("sha256").update(version.oid, "latin1").digest("hex")}`;
  const digest = digests.get(version.oid);
  if (digest === undefined) throw new Error(`the content of ${version.oid} has not been hashed`);
  return `${version.mode} ${digest}`;
}

export function manifestBytes(changes: readonly Change[], digests: BlobDigests): Buffer {
  const records = changes.map((change) => ({
    path: Buffer.from(change.path),
    sides: `${side(change.before, digests)} ${side(change.after, digests)} `,
  }));
  records.sort((a, b) => Buffer.compare(a.path, b.path));
  const NUL = Buffer.alloc(1);
  return Buffer.concat([
    Buffer.from(HEADER),
    ...records.flatMap(({ path, sides }) => [Buffer.from(sides), path, NUL]),
  ]);
}

export const patchDigest = (manifest: Buffer): string => createHash("sha256").update(manifest).digest("hex");
