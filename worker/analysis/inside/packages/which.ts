// Which files pin or declare packages, and who reads them.
import { Unreadable } from "../trees/bounds.ts";
import type { Lockfile } from "./model.ts";
import { readPackageLock, readPnpmLock, readYarnLock } from "./npm-locks.ts";
import {
  readComposerLock,
  readGemfileLock,
  readGoMod,
  readGoSum,
  readGradleLock,
  readNugetLock,
  readPipfileLock,
  readRequirements,
  readTomlLock,
} from "./other-locks.ts";

export function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Unreadable("it is no JSON");
    throw error;
  }
}

const READERS: readonly (readonly [RegExp, (source: string) => Lockfile])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, (source) => readPackageLock(jsonOf(source))],
  [/^yarn\.lock$/, readYarnLock],
  [/^pnpm-lock\.yaml$/, readPnpmLock],
  [/^(?:poetry|uv|pdm)\.lock$/, (source) => readTomlLock("pypi", source)],
  [/^requirements[\w.-]*\.txt$/, readRequirements],
  [/^pipfile\.lock$/, (source) => readPipfileLock(jsonOf(source))],
  [/^go\.mod$/, readGoMod],
  [/^go\.sum$/, readGoSum],
  [/^cargo\.lock$/, (source) => readTomlLock("cargo", source)],
  [/^gemfile\.lock$/, readGemfileLock],
  [/^composer\.lock$/, (source) => readComposerLock(jsonOf(source))],
  [/^gradle\.lockfile$/, readGradleLock],
  [/^packages\.lock\.json$/, (source) => readNugetLock(jsonOf(source))],
];

/** Known to pin or declare packages, and not read. */
const NOT_READ =
  /^(?:bun\.lockb?|deno\.lock|mix\.lock|package\.resolved|podfile\.lock|pubspec\.lock|flake\.lock|conda-lock\.yml|pom\.xml|build\.gradle(?:\.kts)?|libs\.versions\.toml|build\.sbt|[\w.-]+\.csproj|directory\.packages\.props|gemfile|[\w.-]+\.gemspec|cargo\.toml|pyproject\.toml|pipfile|setup\.(?:py|cfg)|composer\.json|environment\.ya?ml|conanfile\.(?:txt|py)|vcpkg\.json)$/;

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).toLowerCase();

export const lockReader = (path: string): ((source: string) => Lockfile) | null =>
  READERS.find(([name]) => name.test(nameOf(path)))?.[1] ?? null;

export const isManifest = (path: string): boolean => nameOf(path) === "package.json";
export const isPackagesNotRead = (path: string): boolean => NOT_READ.test(nameOf(path));
export const isAboutPackages = (path: string): boolean =>
  lockReader(path) !== null || isManifest(path) || isPackagesNotRead(path);

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
