// A patch as people review it: secrets masked inside lines and names. The digest is of the content as it is.
import type { Scope } from "../scope.ts";
import { type MaskedDiff, maskDiff } from "../secrets/mask-diff.ts";
import { maskValue } from "../secrets/mask-value.ts";
import type { PatchView } from "./schema.ts";
import { findPatch, readDiff } from "./service.ts";

/** The largest diff that is taken in, and the time a hostile one of that size may cost its reader. */
const DIFF_BUDGET = { characters: 32 * 1024 * 1024, milliseconds: 6000 };

/** The newest patch of a run with its names masked, or null while there is none. */
export async function findShownPatch(scope: Scope, runId: string): Promise<PatchView | null> {
  const patch = await findPatch(scope, runId);
  if (!patch) return null;
  const { files, flags } = await maskValue({ files: patch.files, flags: patch.flags });
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [at, { path }] of patch.files.entries()) {
    const name = uniqueName(files[at]?.path ?? path, taken);
    names.set(path, name);
    taken.add(name);
  }
  return {
    ...patch,
    files: files.map((file, at) => ({ ...file, path: names.get(patch.files[at]?.path ?? "") ?? file.path })),
    flags: flags.map((flag, at) => {
      const path = patch.flags[at]?.path ?? null;
      return { ...flag, path: path === null ? null : (names.get(path) ?? flag.path) };
    }),
  };
}

/** Two names that differ in nothing but a secret are still two files. */
function uniqueName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 2; ; count++) {
    const candidate = count === 2 ? name : `${name} (${count - 1})`;
    if (!taken.has(candidate)) return candidate;
  }
}

export const readShownDiff = async (patch: PatchView): Promise<MaskedDiff> =>
  maskDiff(await readDiff(patch), DIFF_BUDGET);
