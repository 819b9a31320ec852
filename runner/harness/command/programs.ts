// What runs the tests grades the patch. So what a command is looked up in, each file of the tree that it names, and what these call
// in turn, is the base's in every tree, as the command itself is.
import { filesNamed } from "#lib/protocol/named-files.ts";
import type { Called } from "./called.ts";

/** The last brackets make each of the first two the very entry, without what is below: a link can stand in a folder's place. */
const OF_PACKAGES = ["node_module[s]", "node_modules/.bi[n]", "node_modules/.bin/**"];

/** git takes what it reads as a pattern for the entry alone, and what it does not for all that is below as well: a source folder. */
const asEntry = (path: string): string => path.replaceAll(/[*?[\\:]|.$/gu, "\\$&");

/** Files that any of the commands names, as patterns of git. */
export const namedBy = (...commands: readonly (readonly string[])[]): string[] => [
  ...new Set(
    commands
      .flatMap(filesNamed)
      .map(({ path, and }) => (and === "" ? asEntry(path) : `${asEntry(path)}${and}`)),
  ),
];

/** Paths of the tree, as patterns of git: programs of packages, the files that a command names, and what these call. */
export const programPaths = (
  commands: readonly (readonly string[])[],
  called: Pick<Called, "files" | "absent"> | null = null,
): string[] => [
  ...new Set([
    ...OF_PACKAGES,
    ...namedBy(...commands),
    ...[...(called?.files ?? []), ...(called?.absent ?? [])].map(asEntry),
  ]),
];
