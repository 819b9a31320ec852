// What runs the tests grades the patch. So what a command is looked up in, and each file of the tree that it names, is the base's in
// every tree, as the command itself is.
import { filesNamed } from "#lib/protocol/named-files.ts";

/** The last brackets make each of the first two the very entry, without what is below: a link can stand in a folder's place. */
const OF_PACKAGES = ["node_module[s]", "node_modules/.bi[n]", "node_modules/.bin/**"];

/** git takes what it reads as a pattern for the entry alone, and what it does not for all that is below as well: a source folder. */
const asEntry = (path: string): string => path.replaceAll(/[*?[\\:]|.$/gu, "\\$&");

/** Paths of the tree, as patterns of git: programs of packages, and the files that any of the commands names. */
export function programPaths(...commands: readonly (readonly string[])[]): string[] {
  const own = commands
    .flatMap(filesNamed)
    .map(({ path, and }) => (and === "" ? asEntry(path) : `${asEntry(path)}${and}`));
  return [...OF_PACKAGES, ...new Set(own)];
}
