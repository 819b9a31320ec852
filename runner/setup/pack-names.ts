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

/**
 * Why a link is not taken, or null. It has to go up first and down afterwards, and stay in its folder: then it cannot leave it,
 * whatever other links it goes through, for its own folders are none.
 */
export function linkProblem(path: string, to: string, root: string): string | null {
  if (to === "" || !to.isWellFormed() || CONTROL.test(to) || Buffer.byteLength(to) > MOST_PATH_BYTES)
    return "it leads to no plain path";
  if (to.startsWith("/")) return "it leads to an absolute path";
  const down = to.replace(/^(?:\.\/)*(?:\.\.(?:\/|$))*/, "");
  if (down.split("/").includes("..")) return "it goes up after it went down";
  const target = posix.normalize(posix.join(posix.dirname(path), to)).replace(/\/$/, "");
  return target === root || target.startsWith(`${root}/`) ? null : "it leads out of the declared folder";
}
