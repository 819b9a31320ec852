// Rules that look into one changed file.
import type { Change, Version } from "../intake/entries.ts";
import { plainLine } from "../sentences.ts";
import { type Flag, flag } from "./flags.ts";
import { hiddenCharacters } from "./hidden-characters.ts";
import { changesInstallScripts, compareLockfiles } from "./packages.ts";
import { protectedBy } from "./protected-paths.ts";

/** Content of a blob by its id; absent where it was too large to be kept. */
export type Contents = ReadonlyMap<string, Buffer>;

const isFile = (version: Version | null): version is Version =>
  version !== null && (version.mode === "100644" || version.mode === "100755");

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

function hiddenFlags(path: string, before: Buffer | null, after: Buffer): Flag[] {
  const { bidi, invisible, mixedWords } = hiddenCharacters(before, after);
  return [
    ...(bidi > 0 ? [flag("bidi_control", path, `${bidi} of them`)] : []),
    ...(invisible > 0 ? [flag("invisible_characters", path, `${invisible} of them`)] : []),
    ...(mixedWords > 0 ? [flag("mixed_script", path, `${mixedWords} of them`)] : []),
  ];
}

function lockfileFlags(path: string, name: string, before: Buffer | null, after: Buffer): Flag[] {
  const { readable, newOrigins, repinned } = compareLockfiles(name, before, after);
  if (!readable) return [flag("lockfile_unreadable", path)];
  return [
    ...newOrigins.slice(0, 10).map((origin) => flag("lockfile_new_host", path, plainLine(origin, 100))),
    ...repinned.slice(0, 10).map((key) => flag("lockfile_hash_changed", path, plainLine(key, 100))),
  ];
}

/** A line of .gitmodules that older gits turn into a command or a place outside the tree. */
function unsafeModules(content: Buffer): boolean {
  const text = content.toString("latin1");
  if (/[^\P{Cc}\n\t]/u.test(text)) return true;
  return text.split("\n").some((line) => {
    const [key = "", ...rest] = line.split("=");
    const value = rest.join("=").trim().replace(/^"|"$/g, "");
    switch (key.trim().toLowerCase()) {
      case "url":
        return /^(?:-|ext::|fd::|file:|\.{0,2}\/-)/i.test(value) || value.includes("\\");
      case "path":
        return value.startsWith("-") || value.startsWith("/") || value.split("/").includes("..");
      case "update":
        return value.startsWith("!");
      default:
        return /^\[submodule\b.*\.\./i.test(key.trim());
    }
  });
}

export function contentFlags({ path, before, after }: Change, contents: Contents): Flag[] {
  if (!isFile(after)) return [];
  const name = (path.split("/").at(-1) ?? "").toLowerCase();
  const now = contents.get(after.oid);
  if (now === undefined) return [flag("not_inspected", path)];
  const old = isFile(before) ? contents.get(before.oid) : null;
  if (old === undefined) return [flag("not_inspected", path)];
  if (isFile(before) && before.oid === after.oid) return [];
  return [
    ...hiddenFlags(path, old, now),
    ...(name === "package.json" && changesInstallScripts(old, now) ? [flag("install_script", path)] : []),
    ...(protectedBy(path).includes("lockfile_change") ? lockfileFlags(path, name, old, now) : []),
    ...(name === ".gitmodules" && unsafeModules(now) ? [flag("submodule_unsafe", path)] : []),
    ...(now.toString("latin1", 0, LFS_POINTER.length) === LFS_POINTER ? [flag("lfs_pointer", path)] : []),
  ];
}
