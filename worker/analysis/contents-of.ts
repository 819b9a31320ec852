// The two sides of every changed file, by object id, a renamed one as one file.
import type { ChangedFile } from "../git/intake/diff.ts";
import type { Change, Version } from "../git/intake/entries.ts";
import type { ChangedContent, Side } from "./inside/request.ts";

const isFile = (version: Version | null): version is Version =>
  version !== null && (version.mode === "100644" || version.mode === "100755");

export function contentsOf(
  changes: readonly Change[],
  files: readonly ChangedFile[],
  contents: ReadonlyMap<string, Buffer>,
  isHarness: (path: string) => boolean,
): ChangedContent[] {
  const side = (version: Version | null): Side =>
    isFile(version) ? (contents.get(version.oid) ?? "large") : null;
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const origins = new Map(files.map(({ path, previousPath }) => [path, previousPath]));
  const moved = new Set([...origins.values()].filter((path) => path !== null));
  return changes
    .filter(({ path, after }) => !(after === null && moved.has(path)))
    .map(({ path, before, after }) => {
      const previousPath = origins.get(path) ?? null;
      const from = previousPath === null ? before : (byPath.get(previousPath)?.before ?? before);
      const harness = isHarness(path) || (previousPath !== null && isHarness(previousPath));
      return { path, previousPath, isHarness: harness, before: side(from), after: side(after) };
    });
}
