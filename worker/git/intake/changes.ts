// The difference of two trees, from the quarantine: which paths, which objects, how large.
import { type Quarantine, quarantineGit } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { shownPath } from "../sentences.ts";
import type { Caps } from "./caps.ts";
import { type Change, parseRawDiff, parseTree, type TreeEntry } from "./entries.ts";
import type { Imported } from "./import-bundle.ts";
import { type LeftBehind, leftBehind } from "./left-behind.ts";
import { type Refusal, refusal } from "./refusal.ts";

const MiB = 1024 * 1024;

export interface TreeChanges {
  readonly outcome: "changed";
  /** Sorted by the bytes of the path, as git gives them. */
  readonly changes: readonly Change[];
  readonly baseEntries: readonly TreeEntry[];
  readonly headEntries: readonly TreeEntry[];
  /** What the branch had in between. */
  readonly left: LeftBehind;
}

export async function readChanges(
  quarantine: Quarantine,
  imported: Imported,
  caps: Caps,
): Promise<TreeChanges | Refusal> {
  const { baseTree, headTree } = imported;
  if (baseTree === headTree)
    return refusal("no_change", "The bundle's last commit has the same content as the base.");
  const args = [
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    "--end-of-options",
    baseTree,
    headTree,
  ];
  const result = await quarantineGit(quarantine, { args, limits: { outputBytes: 32 * MiB } });
  if (result.ended === "output")
    return refusal("too_many_files", `The patch changes more than ${caps.changedFiles} files.`);
  if (!succeeded(result))
    return refusal("unreadable_tree", `The patch's tree cannot be read: ${failureSentence(result)}.`);
  const { changes, undecodable } = parseRawDiff(result.stdout);
  const refused = capsRefusal(changes, undecodable, caps);
  if (refused !== null) return refused;
  const baseEntries = await listTree(quarantine, baseTree, caps);
  const headEntries = await listTree(quarantine, headTree, caps);
  if (!Array.isArray(baseEntries)) return baseEntries;
  if (!Array.isArray(headEntries)) return headEntries;
  const left = await leftBehind(quarantine, imported, [baseEntries, headEntries]);
  if ("outcome" in left) return left;
  return { outcome: "changed", changes, baseEntries, headEntries, left };
}

function capsRefusal(changes: readonly Change[], undecodable: number, caps: Caps): Refusal | null {
  if (undecodable > 0) {
    return refusal(
      "path_not_utf8",
      `${undecodable} changed file names are not UTF-8 and could not be shown as they are.`,
    );
  }
  if (changes.length > caps.changedFiles) {
    return refusal(
      "too_many_files",
      `The patch changes ${changes.length} files; at most ${caps.changedFiles} can be reviewed.`,
    );
  }
  const deep = changes.find(
    ({ path }) => Buffer.byteLength(path) > caps.pathBytes || path.split("/").length > caps.pathDepth,
  );
  if (deep === undefined) return null;
  const most = `${caps.pathBytes} bytes and ${caps.pathDepth} levels`;
  return refusal("path_too_deep", `The path ${shownPath(deep.path, 80)} is longer or deeper than ${most}.`);
}

async function listTree(quarantine: Quarantine, tree: string, caps: Caps): Promise<TreeEntry[] | Refusal> {
  const result = await quarantineGit(quarantine, { args: ["ls-tree", "-r", "-z", "--full-tree", tree] });
  if (!succeeded(result))
    return refusal("unreadable_tree", `The tree cannot be read: ${failureSentence(result)}.`);
  const entries = parseTree(result.stdout);
  if (entries.length <= caps.treeEntries) return entries;
  return refusal(
    "too_many_files",
    `The tree holds ${entries.length} files; at most ${caps.treeEntries} are handled.`,
  );
}
