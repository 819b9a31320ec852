// What changed from one patch's tree to another's, in a quarantine that both were unpacked into.
import { PATCH_REF } from "../bundle-header.ts";
import { objectId } from "../ids.ts";
import { type Caps, DEFAULT_CAPS } from "../intake/caps.ts";
import { type ChangedFile, readDiff, readFileStats } from "../intake/diff.ts";
import { importBundle } from "../intake/import-bundle.ts";
import { type Workshop, withQuarantine } from "../quarantine.ts";

export interface ComparedSide {
  /** Host path of the patch bundle that we wrote. */
  readonly bundle: string;
  readonly base: string;
  readonly tree: string;
}

export interface CompareOrder {
  readonly mirror: string;
  readonly from: ComparedSide;
  readonly to: ComparedSide;
  readonly caps?: Caps;
}

export type Compared =
  | { readonly outcome: "compared"; readonly files: readonly ChangedFile[]; readonly diff: Buffer }
  | { readonly outcome: "refused"; readonly sentence: string };

const CONTEXT = 3;
const OTHER = "One of the two patches is no longer what was taken in.";

export async function compareTrees(workshop: Workshop, order: CompareOrder): Promise<Compared> {
  const { mirror, from, to, caps = DEFAULT_CAPS } = order;
  return withQuarantine(workshop, mirror, async (quarantine) => {
    for (const { bundle, base, tree } of [from, to]) {
      const expected = { ref: PATCH_REF, base: objectId(base) };
      const imported = await importBundle(quarantine, { bundle, expected, caps });
      if (imported.outcome === "refused") return { outcome: "refused", sentence: imported.sentence };
      if (imported.headTree !== tree) return { outcome: "refused", sentence: OTHER };
    }
    const trees = { baseTree: objectId(from.tree), headTree: objectId(to.tree) };
    const diff = await readDiff(quarantine, { ...trees, contextLines: CONTEXT, maxBytes: caps.diffBytes });
    if ("outcome" in diff) return { outcome: "refused", sentence: diff.sentence };
    const files = await readFileStats(quarantine, trees);
    return { outcome: "compared", files, diff };
  });
}
