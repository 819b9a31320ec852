// A tree is named by how it is made: a commit, reverts on top of it, and harness files from another commit.
// It is made anew inside each sandbox, always the same.
import { readFileSync } from "node:fs";
import path from "node:path";
import { CHECKOUT } from "#lib/asks/guarded-reads.ts";
import { refused } from "#lib/errors.ts";
import type { SandboxSpec } from "#lib/jail/port.ts";
import type { Limits } from "#lib/jail/schema.ts";

/** A culprit to revert; `mainline` is the parent to go back to where it is a merge. */
export interface Revert {
  readonly commit: string;
  readonly mainline: number | null;
}

export interface TreeSpec {
  readonly commit: string;
  /** In the order they are applied. */
  readonly reverts?: readonly Revert[];
  readonly overlay?: {
    readonly from: string;
    readonly paths: readonly string[];
    /** For people, in the tree's label; "tests of base" unless said, nothing where empty. */
    readonly says?: string;
  };
}

export const TREE_ROOT = CHECKOUT;

const script = (...name: string[]) => readFileSync(path.join(import.meta.dirname, ...name), "utf8");
const TREE = script("tree.sh");
const SCRIPTS = {
  test: TREE + script("..", "test.sh"),
  look: TREE + script("..", "looks", "look.sh"),
  inspect: TREE + script("..", "looks", "inspect.sh"),
  versions: TREE + script("..", "looks", "versions.sh"),
  cover: TREE + script("..", "looks", "cover.sh"),
  cover_lines: TREE + script("..", "looks", "cover-lines.sh"),
  bundle: TREE + script("bundle.sh"),
};

interface TreeCommand {
  readonly repository: string;
  readonly tree: TreeSpec;
  readonly part: keyof typeof SCRIPTS;
  /** Arguments of the second part. */
  readonly args: readonly string[];
  readonly limits: Limits;
}

/** The sandbox that builds the tree and goes on with the second part. */
export function treeSandbox({ repository, tree, part, args, limits }: TreeCommand): SandboxSpec {
  const { commit, reverts = [], overlay } = tree;
  const ids = [commit, ...reverts.map((revert) => revert.commit), ...(overlay ? [overlay.from] : [])];
  if (!ids.every((id) => /^[0-9a-f]{40}$/.test(id)))
    throw refused("A tree is made of whole commit ids only.");
  const paths = overlay?.paths ?? [];
  if (paths.some((glob) => /^:|[\n\0]/.test(glob)))
    throw refused("A harness path begins with a colon or holds a line break.");
  const list = reverts.map((revert) =>
    revert.mainline === null ? revert.commit : `${revert.commit}:${revert.mainline}`,
  );
  return {
    command: [
      "sh",
      "-c",
      SCRIPTS[part],
      "harness",
      commit,
      list.join(" "),
      overlay?.from ?? "",
      paths.join("\n"),
      ...args,
    ],
    cwd: "/work",
    readOnly: { [repository]: "/in/repository" },
    limits,
  };
}

export const shortId = (commit: string): string => commit.slice(0, 9);

/** The tree in a few words, for people: "base", "base + 2 reverts", a short commit. */
export function treeLabel({ commit, reverts = [], overlay }: TreeSpec, base: string): string {
  const start = commit === base ? "base" : shortId(commit);
  const counted = reverts.length === 1 ? "1 revert" : `${reverts.length} reverts`;
  const withReverts = reverts.length === 0 ? start : `${start} + ${counted}`;
  const says = overlay ? (overlay.says ?? "tests of base") : "";
  return says === "" ? withReverts : `${withReverts}, ${says}`;
}
