// Where a symbolic link of a tree leads, judged from the tree alone.
import { isGitDirectoryName } from "./names.ts";

export type LinkVerdict = "inside" | "outside_tree" | "into_git";

/**
 * Judges the link at `path` with `target`. `links` are all symbolic links of the same tree: going up (`..`) after
 * passing through one of them leads who knows where, so that counts as outside.
 */
export function judgeLink(path: string, target: string, links: ReadonlySet<string>): LinkVerdict {
  if (target === "" || target.startsWith("/") || /^[a-z]:|\\|\0/i.test(target)) return "outside_tree";
  const at = path.split("/").slice(0, -1);
  let passedLink = false;
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (passedLink || at.length === 0) return "outside_tree";
      at.pop();
      continue;
    }
    if (isGitDirectoryName(part)) return "into_git";
    at.push(part);
    passedLink ||= links.has(at.join("/"));
  }
  return "inside";
}

const GIT_READS = [".gitattributes", ".gitmodules", ".gitignore", ".mailmap", ".lfsconfig"];

/** Files that git opens by itself: a link in their place makes it read elsewhere. */
export const isReadByGit = (path: string): boolean =>
  GIT_READS.includes((path.split("/").at(-1) ?? "").toLowerCase());
