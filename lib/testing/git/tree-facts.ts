// The facts of a patch from one tree to another, without git: the tree policy is pure, and so are its tests.
import { createHash } from "node:crypto";
import type { Change, TreeEntry, Version } from "#worker/git/intake/entries.ts";
import type { PatchFacts } from "#worker/git/policy/judge-patch.ts";

/** A string is a file; the rest says what else it is. */
export type Content =
  | string
  | { readonly run: string }
  | { readonly link: string }
  | { readonly submodule: string }
  /** A file that was too large to be read. */
  | { readonly unread: string };

export type Tree = Readonly<Record<string, Content>>;

const textOf = (content: Content): string =>
  typeof content === "string" ? content : (Object.values(content)[0] ?? "");

function versionOf(content: Content | undefined): Version | null {
  if (content === undefined) return null;
  const oid = createHash("sha1").update(textOf(content)).digest("hex");
  if (typeof content === "string" || "unread" in content) return { mode: "100644", oid };
  if ("run" in content) return { mode: "100755", oid };
  return { mode: "link" in content ? "120000" : "160000", oid };
}

const entriesOf = (tree: Tree): TreeEntry[] =>
  Object.entries(tree).map(([path, content]) => ({ path, ...(versionOf(content) as Version) }));

function changeAt(path: string, base: Tree, head: Tree): Change[] {
  const before = versionOf(base[path]);
  const after = versionOf(head[path]);
  const isSame = before?.oid === after?.oid && before?.mode === after?.mode;
  return isSame ? [] : [{ path, before, after }];
}

export function factsOf(base: Tree, head: Tree): PatchFacts {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  const read = [...Object.values(base), ...Object.values(head)].filter(
    (content) => typeof content === "string" || !("unread" in content || "submodule" in content),
  );
  return {
    changes: paths.flatMap((path) => changeAt(path, base, head)),
    baseEntries: entriesOf(base),
    headEntries: entriesOf(head),
    files: [],
    contents: new Map(read.map((content) => [versionOf(content)?.oid ?? "", Buffer.from(textOf(content))])),
  };
}
