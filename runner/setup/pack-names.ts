// Which names and links of a pack are taken. It comes out of a sandbox in which anything may have run.
import { posix } from "node:path";

const MOST_NAME_BYTES = 255;
const MOST_PATH_BYTES = 1024;
const MOST_DEPTH = 64;
const CONTROL = /\p{Cc}/u;

const isName = (name: string): boolean =>
  !["", ".", ".."].includes(name) && Buffer.byteLength(name) <= MOST_NAME_BYTES;

/** Why a path is not taken, or null. `roots`: the declared folders. */
export function pathProblem(path: string, roots: readonly string[]): string | null {
  if (!path.isWellFormed() || CONTROL.test(path)) return "its name is not plain text";
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) return "its path is too long";
  const parts = path.split("/");
  if (!parts.every(isName)) return "its path is not plain";
  if (parts.length > MOST_DEPTH) return "it lies too deep";
  if (rootOf(path, roots) === null) return "it lies outside the declared folders";
  return null;
}

/** The declared folder that a path is, or lies in. */
export const rootOf = (path: string, roots: readonly string[]): string | null =>
  roots.find((root) => path === root || path.startsWith(`${root}/`)) ?? null;

/** Where links may lead. */
export interface LinkPlaces {
  /** The declared folders. */
  readonly roots: readonly string[];
  /** Folders of the tree that have a manifest of their own: what package managers link workspaces to. */
  readonly workspaces: readonly string[];
}

/** Folders of manifests, without the root of the tree. */
export const workspacesOf = (manifests: readonly string[]): string[] => [
  ...new Set(manifests.map((path) => posix.dirname(path)).filter((folder) => folder !== ".")),
];

/**
 * Why a link is not taken, or null. It has to go up first and down afterwards, into a declared folder or a workspace of the tree:
 * then it cannot leave the tree, whatever other links it goes through, for folders that setup left are none. Nobody follows
 * it but programs in a sandbox, where the tree is.
 */
export function linkProblem(path: string, to: string, { roots, workspaces }: LinkPlaces): string | null {
  if (to === "" || !to.isWellFormed() || CONTROL.test(to) || Buffer.byteLength(to) > MOST_PATH_BYTES)
    return "it leads to no plain path";
  if (to.startsWith("/")) return "it leads to an absolute path";
  const down = to.replace(/^(?:\.\/)*(?:\.\.(?:\/|$))*/, "");
  if (down.split("/").includes("..")) return "it goes up after it went down";
  const target = posix.normalize(posix.join(posix.dirname(path), to)).replace(/\/$/, "");
  if (target === ".." || target.startsWith("../")) return "it leads out of the tree";
  return rootOf(target, roots) === null && rootOf(target, workspaces) === null
    ? "it leads neither into a declared folder nor to a workspace, a folder of the repository with a manifest of its own"
    : null;
}
