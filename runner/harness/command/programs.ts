// What runs the tests grades the patch. So what a command is looked up in is the base's in every tree, as the command itself is.
import path from "node:path";

/** The last brackets make each of the first two the very entry, without what is below: a link can stand in a folder's place. */
const OF_PACKAGES = ["node_module[s]", "node_modules/.bi[n]", "node_modules/.bin/**"];

/** Paths of the tree, as patterns of git: programs of packages, and the command itself where it is a file of the tree. */
export function programPaths([program = ""]: readonly string[]): string[] {
  const isOfTree = program.includes("/") && !path.posix.isAbsolute(program);
  const own = path.posix.normalize(program);
  return isOfTree && !own.startsWith("..") ? [...OF_PACKAGES, own.replace(/[*?[\\]/g, "\\$&")] : OF_PACKAGES;
}
