// Names of a patch's files as a page shows them, with secrets masked, and as they are.

import type { PatchView } from "../patches/schema.ts";
import { findPatch } from "../patches/service.ts";
import { findShownPatch } from "../patches/shown-patch.ts";
import type { Scope } from "../scope.ts";

export interface NamedPatch {
  readonly patch: PatchView;
  /** Null for a name that is none of its files'. */
  realOf(shown: string): string | null;
  shownOf(real: string): string | null;
}

/** The newest patch; null while there is none. The caller has checked the run's visibility. */
export async function namedPatch(scope: Scope, runId: string): Promise<NamedPatch | null> {
  const [patch, shown] = [await findPatch(scope, runId), await findShownPatch(scope, runId)];
  if (!patch || !shown || shown.id !== patch.id) return null;
  const real = new Map(shown.files.map(({ path }, at) => [path, patch.files[at]?.path ?? path]));
  const names = new Map(patch.files.map(({ path }, at) => [path, shown.files[at]?.path ?? path]));
  return { patch, realOf: (name) => real.get(name) ?? null, shownOf: (name) => names.get(name) ?? null };
}
