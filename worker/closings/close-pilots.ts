// What closing a pilot needs of this host: its mirrors, its folder of large contents, and the key that attests merges.
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { type ClosingHost, carryOutClosings } from "#lib/closings/carry-out-closings.ts";
import type { Scope } from "#lib/scope.ts";
import { keptSigningKey } from "#lib/sealing/key-pair.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import type { Workplace } from "../workplace.ts";

type Place = Pick<Workplace, "mirrorOf"> & {
  readonly env: { readonly PILOTHOUSE_NOTICE_KEYS?: string | undefined };
};

export const createCloser =
  (place: Place) =>
  (scope: Scope): Promise<number> =>
    carryOutClosings(scope, closingHost(place));

export function closingHost({ env, mirrorOf }: Place): ClosingHost {
  const folder = env.PILOTHOUSE_NOTICE_KEYS;
  return {
    signingKey: async () => (folder === undefined ? null : keptSigningKey(folder)),
    async measure(repositoryId) {
      const files = [...(await filesUnder(mirrorOf(repositoryId))), ...(await bundlesOf(repositoryId))];
      const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
      return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: files.length };
    },
    async remove(repositoryId) {
      const mirror = mirrorOf(repositoryId);
      await holdMirror(mirror, () => rm(mirror, { recursive: true, force: true }));
      for (const bundle of await bundlesOf(repositoryId)) await rm(bundle, { force: true });
    },
  };
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

async function filesUnder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Bundles that runs began from: by name, in one folder for all repositories. */
async function bundlesOf(repositoryId: string): Promise<string[]> {
  const folder = dirname(baseBundlePath(repositoryId, ""));
  const files = await filesUnder(folder);
  return files.filter((file) => basename(file).startsWith(`${repositoryId}-`));
}
