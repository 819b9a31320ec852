// An agent's bundle becomes a patch: unpacked, capped, judged, described, rebuilt. All of it in one quarantine; what
// leaves is our own bundle, the manifest, the diff and the flags. The mirror is only read.
import type { AnalysisAnswer } from "#lib/changes/schema.ts";
import { anyGlobMatches } from "#lib/text/path-globs.ts";
import { analysePatch } from "../../analysis/analyse-patch.ts";
import { contentsOf } from "../../analysis/contents-of.ts";
import { indicatedPackages } from "../../analysis/indicated-packages.ts";
import { PATCH_REF } from "../bundle-header.ts";
import { objectId } from "../ids.ts";
import { judgePatch, type PathRules, type Verdict } from "../policy/judge-patch.ts";
import { type RebuildOrder, type Rebuilt, rebuildCommit } from "../publish/rebuild-commit.ts";
import { type Quarantine, type Workshop, withQuarantine } from "../quarantine.ts";
import { type Binaries, binariesOf } from "./binaries.ts";
import { type Caps, DEFAULT_CAPS } from "./caps.ts";
import { readChanges, type TreeChanges } from "./changes.ts";
import { readContents } from "./contents.ts";
import { type ChangedFile, readDiff, readFileStats } from "./diff.ts";
import { type Imported, importBundle } from "./import-bundle.ts";
import { type LeftTexts, readLeft } from "./left-behind.ts";
import { type BlobDigests, manifestBytes, patchDigest } from "./manifest.ts";
import type { Refusal } from "./refusal.ts";

export interface IntakeOrder {
  readonly mirror: string;
  /** Host path of the uploaded bundle. */
  readonly bundle: string;
  readonly base: string;
  readonly paths: PathRules;
  /** The commit we make of it. */
  readonly commit: Omit<RebuildOrder, "tree" | "base">;
  readonly caps?: Partial<Caps>;
  /** SHA-256 by blob id, kept from earlier patches of this repository. */
  readonly knownDigests?: BlobDigests;
  /** A list of packages that are known to be malicious, and the time at which it is read. */
  readonly indicators?: { readonly file: string; readonly now: number };
  /** Unchanged lines around a change in the diff; default 3. */
  readonly contextLines?: number;
}

export interface Patch {
  readonly base: string;
  readonly baseTree: string;
  readonly tree: string;
  /** The agent's own last commit; known for the record, never published. */
  readonly agentCommit: string;
  readonly manifest: Buffer;
  /** SHA-256 of the manifest. */
  readonly digest: string;
  readonly diff: Buffer;
  readonly files: readonly ChangedFile[];
  /** What there is to say of those without lines. */
  readonly binaries: Binaries;
  /** Digests of the blobs on either side; worth keeping. */
  readonly digests: BlobDigests;
  readonly verdict: Verdict;
  /** What was read in the contents of changed files. */
  readonly analysis: AnalysisAnswer;
  /** What was read in the contents that the branch had in between. */
  readonly left: LeftTexts;
}

export type Intake =
  /** `rebuilt` is null where a rule blocks the patch: nothing of it leaves the quarantine but its description. */
  { readonly outcome: "patch"; readonly patch: Patch; readonly rebuilt: Rebuilt | null } | Refusal;

const DEFAULT_CONTEXT = 3;

export async function takeInPatch(workshop: Workshop, order: IntakeOrder): Promise<Intake> {
  const caps = { ...DEFAULT_CAPS, ...order.caps };
  const base = objectId(order.base);
  return withQuarantine(workshop, order.mirror, async (quarantine) => {
    const imported = await importBundle(quarantine, {
      bundle: order.bundle,
      expected: { ref: PATCH_REF, base },
      caps,
    });
    if (imported.outcome === "refused") return imported;
    const changed = await readChanges(quarantine, imported, caps);
    if (changed.outcome === "refused") return changed;
    const patch = await describe({ quarantine, workshop }, { ...order, base }, imported, changed, caps);
    if ("outcome" in patch) return patch;
    if (patch.verdict.blocked) return { outcome: "patch", patch, rebuilt: null };
    const rebuilt = await rebuildCommit(quarantine, { ...order.commit, tree: patch.tree, base });
    return { outcome: "patch", patch, rebuilt };
  });
}

async function describe(
  { quarantine, workshop }: { readonly quarantine: Quarantine; readonly workshop: Workshop },
  order: IntakeOrder,
  { head, headTree, baseTree }: Imported,
  changed: TreeChanges,
  caps: Caps,
): Promise<Patch | Refusal> {
  const read = await readContents(quarantine, changed, caps, order.knownDigests ?? new Map());
  if (read.outcome === "refused") return read;
  const trees = { baseTree, headTree };
  const contextLines = order.contextLines ?? DEFAULT_CONTEXT;
  const diff = await readDiff(quarantine, { ...trees, contextLines, maxBytes: caps.diffBytes });
  if ("outcome" in diff) return diff;
  const files = await readFileStats(quarantine, trees);
  const { sandbox, scratch: stateFolder } = workshop;
  const asked = contentsOf(changed.changes, files, read.contents, (path) =>
    anyGlobMatches(order.paths.harnessPaths, path),
  );
  const seen = await analysePatch({ sandbox, stateFolder, files: asked });
  const { file = null, now = 0 } = order.indicators ?? {};
  const analysis = {
    ...seen,
    notes: [...seen.notes, ...(await indicatedPackages(file, seen.packages, now))],
  };
  const manifest = manifestBytes(changed.changes, read.digests);
  return {
    base: order.base,
    baseTree,
    tree: headTree,
    agentCommit: head,
    manifest,
    digest: patchDigest(manifest),
    diff,
    files,
    binaries: binariesOf(files, changed.changes, read),
    digests: read.digests,
    verdict: judgePatch(
      { ...changed, left: changed.left.paths, contents: read.contents, files, analysis },
      order.paths,
    ),
    analysis,
    left: await readLeft(quarantine, changed.left),
  };
}
