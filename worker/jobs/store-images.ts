// Pictures of a patch are kept as blobs of their own; its list of files says which.
import { Readable } from "node:stream";
import { type StoredBlob, storeBytes } from "#lib/blobs/service.ts";
import type { FileContent, PatchFile } from "#lib/patches/schema.ts";
import type { Binaries, BinarySide } from "../git/intake/binaries.ts";
import type { ChangedFile } from "../git/intake/diff.ts";

export async function storeImages(
  files: readonly ChangedFile[],
  binaries: Binaries,
  now: number,
): Promise<{ readonly files: PatchFile[]; readonly images: StoredBlob[] }> {
  const images: StoredBlob[] = [];
  const kept = async (side: BinarySide | null): Promise<FileContent | null> => {
    if (!side) return null;
    const { bytes, sha256, image, shown } = side;
    const blob = shown && (await storeBytes(Readable.from([shown]), shown.length, now));
    if (blob) images.push(blob);
    return { bytes, sha256, image: image && { ...image, blob: blob?.id ?? null } };
  };
  const named: PatchFile[] = [];
  for (const file of files) {
    const binary = binaries.get(file.path);
    const content = binary && { before: await kept(binary.before), after: await kept(binary.after) };
    named.push({ ...file, ...(content ? { content } : {}) });
  }
  return { files: named, images };
}
