// What there is to say of changed files without lines: how large each side is, its digest, and the picture it may be.
import { type ImageFacts, imageOf, isDrawable } from "#lib/patches/images.ts";
import type { PatchContents } from "./contents.ts";
import type { ChangedFile } from "./diff.ts";
import type { Change, Version } from "./entries.ts";

export interface BinarySide {
  readonly bytes: number;
  readonly sha256: string;
  readonly image: ImageFacts | null;
  /** The picture, where it is to be shown. */
  readonly shown: Buffer | null;
}

/** By the path of the file as it is now, or was where it is gone. */
export type Binaries = ReadonlyMap<
  string,
  { readonly before: BinarySide | null; readonly after: BinarySide | null }
>;

const MiB = 1024 * 1024;
const LARGEST_IMAGE = 4 * MiB;
const IMAGES_IN_ALL = 32 * MiB;
const MOST_IMAGES = 60;

export function binariesOf(
  files: readonly ChangedFile[],
  changes: readonly Change[],
  { digests, contents, sizes }: PatchContents,
): Binaries {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  let room = IMAGES_IN_ALL;
  let left = MOST_IMAGES;
  const side = (version: Version | null | undefined): BinarySide | null => {
    const sha256 = version ? digests.get(version.oid) : undefined;
    const bytes = version ? sizes.get(version.oid) : undefined;
    if (!version || sha256 === undefined || bytes === undefined) return null;
    const content = contents.get(version.oid) ?? null;
    const image = content && imageOf(content);
    const isShown = image && isDrawable(image) && bytes <= Math.min(LARGEST_IMAGE, room) && left > 0;
    if (isShown) {
      room -= bytes;
      left--;
    }
    return { bytes, sha256, image, shown: isShown ? content : null };
  };
  return new Map(
    files.flatMap(({ path, previousPath, added }) => {
      if (added !== null) return [];
      const before = side(byPath.get(previousPath ?? path)?.before);
      return [[path, { before, after: side(byPath.get(path)?.after) }] as const];
    }),
  );
}
