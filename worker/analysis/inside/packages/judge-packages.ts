// Lockfiles and manifests, then and now, as packages.
import type { DependencyNote, DependencyRule, PackageChange } from "#lib/dependencies/schema.ts";
import type { ChangedContent, Side } from "../request.ts";
import { cut } from "../tests/sightings.ts";
import { BOUNDS, textOf, Unreadable } from "../trees/bounds.ts";
import type { Lockfile, Pinned } from "./model.ts";
import { alikeNotes, movedNotes, type Sides } from "./name-notes.ts";
import { askedIn } from "./npm-locks.ts";
import { folderOf, isManifest, isPackagesNotRead, jsonOf, lockReader } from "./which.ts";

export interface PackageFacts {
  readonly packages: PackageChange[];
  readonly notes: DependencyNote[];
}

/** Lockfiles are long: those of large projects have ten megabytes, and are read in a second. */
const LOCK_BYTES = 4 * BOUNDS.fileBytes;
const short = (text: string | null | undefined): string | null => (text ? cut(text, 300) : null);

const noteOf = (
  rule: DependencyRule,
  path: string,
  name: string | null,
  before: string | null = null,
  after: string | null = null,
): DependencyNote => ({ rule, path, name: short(name), before: short(before), after: short(after) });

/** By name; the same package may stand there in several versions. */
function byName(lock: Lockfile | null): Map<string, Pinned[]> {
  const found = new Map<string, Pinned[]>();
  for (const one of lock?.packages ?? []) {
    const same = found.get(one.name);
    if (same === undefined) found.set(one.name, [one]);
    else if (!same.some(({ version, hash }) => version === one.version && hash === one.hash)) same.push(one);
  }
  return found;
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/:?#]+)|^(git@[^:]+):/i;
const REGISTRIES =
  /^(?:https:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org|files\.pythonhosted\.org|rubygems\.org|index\.crates\.io)|registry\+https:\/\/github\.com|sparse\+https:\/\/index\.crates\.io)$/;

function originOf(source: string): string {
  const [, scheme, host, ssh] = ORIGIN.exec(source) ?? [];
  if (ssh) return ssh.toLowerCase();
  return scheme ? `${scheme}://${host}`.toLowerCase() : cut(source, 100);
}

const originsOf = (lock: Lockfile | null): Set<string> =>
  new Set((lock?.packages ?? []).flatMap(({ source }) => (source === null ? [] : [originOf(source)])));

function changesOf(path: string, before: Lockfile | null, after: Lockfile | null): PackageChange[] {
  const [were, are] = [byName(before), byName(after)];
  const { ecosystem } = after ?? before ?? { ecosystem: "npm" as const };
  const asked = after?.asked ?? before?.asked ?? null;
  return [...new Set([...were.keys(), ...are.keys()])].toSorted().flatMap((name): PackageChange[] => {
    const gone = (were.get(name) ?? []).filter(
      (one) => !are.get(name)?.some(({ version }) => version === one.version),
    );
    const come = (are.get(name) ?? []).filter(
      (one) => !were.get(name)?.some(({ version }) => version === one.version),
    );
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, at): PackageChange => {
      const [was, is] = [gone[at], come[at]];
      return {
        ...{ path, ecosystem, name: cut(name, 300) },
        change: was && is ? "changed" : is ? "added" : "removed",
        before: short(was?.version),
        after: short(is?.version),
        licence: short((is ?? was)?.licence),
        isDirect: asked === null ? null : asked.has(name),
        hasInstallScript: is?.hasInstallScript ?? false,
      };
    });
  });
}

function notesOf(path: string, before: Lockfile | null, after: Lockfile): DependencyNote[] {
  const were = byName(before);
  const known = originsOf(before);
  const notes: DependencyNote[] = [];
  const said = new Set<string>();
  for (const one of after.packages) {
    const older = were.get(one.name) ?? [];
    const same = older.filter(({ version }) => version === one.version);
    const [was] = same;
    if (was?.hash && !same.some(({ hash }) => hash === one.hash))
      notes.push(
        noteOf(hashRule(was.hash, one.hash), path, `${one.name}@${one.version}`, was.hash, one.hash),
      );
    if (one.hasInstallScript && !older.some(({ hasInstallScript }) => hasInstallScript))
      notes.push(noteOf("new_install_script", path, `${one.name}@${one.version}`));
    if (one.source === null || same.some(({ source }) => source === one.source)) continue;
    const origin = originOf(one.source);
    if (said.has(origin) || known.has(origin) || (before === null && REGISTRIES.test(origin))) continue;
    said.add(origin);
    const isRegistry = /^(?:https|registry\+https|sparse\+https):\/\//.test(origin);
    notes.push(noteOf(isRegistry ? "new_host" : "not_a_registry", path, one.name, null, origin));
  }
  return notes;
}

/** Of a list of checksums, those of the base may all be left: then more are taken than before. */
function hashRule(was: string, is: string | null): DependencyRule {
  if (is === null) return "hash_removed";
  const now = is.split(" ");
  return was.split(" ").every((hash) => now.includes(hash)) ? "hash_added" : "hash_changed";
}

const textOfSide = (side: Side): string | null => {
  if (side === "large") throw new Unreadable("it is too large to be looked into");
  return side === null ? null : textOf(side, LOCK_BYTES);
};

interface Seen {
  readonly locks: Map<string, Sides<Lockfile | null>>;
  readonly manifests: Map<string, Sides<unknown>>;
}

function judgeLock(file: ChangedContent, read: (source: string) => Lockfile, seen: Seen): PackageFacts {
  const [was, is] = [textOfSide(file.before), textOfSide(file.after)];
  const before = was === null ? null : read(was);
  const after = is === null ? null : read(is);
  seen.locks.set(file.path, { before, after });
  return {
    packages: changesOf(file.path, before, after),
    notes:
      after === null
        ? []
        : [...notesOf(file.path, before, after), ...movedNotes(file.path, before, after, originOf)],
  };
}

const differing = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((name) => one.get(name) !== other.get(name))
    .toSorted();

/** npm's manifest and its lockfile of the same folder say the same, or it is said that they do not. */
function disagreements({ locks, manifests }: Seen): DependencyNote[] {
  const notes: DependencyNote[] = [];
  for (const [path, { before, after }] of manifests) {
    const changed = differing(askedIn(before), askedIn(after));
    const beside = [...locks].filter(([lock]) => folderOf(lock) === folderOf(path));
    const words = changed.slice(0, 5).join(", ");
    if (changed.length > 0 && locks.size === 0)
      notes.push(
        noteOf(
          "manifest_disagrees",
          path,
          words,
          null,
          "asked for anew, and pinned by no lockfile of this patch",
        ),
      );
    for (const [lock, { after: now }] of beside) {
      const other = now?.asked && lock.endsWith(".json") ? differing(askedIn(after), now.asked) : [];
      if (other.length > 0)
        notes.push(
          noteOf(
            "manifest_disagrees",
            lock,
            other.slice(0, 5).join(", "),
            null,
            `${path} asks for something else`,
          ),
        );
    }
  }
  for (const [lock, { before, after }] of locks) {
    const hasManifest = [...manifests.keys()].some((path) => folderOf(path) === folderOf(lock));
    if (hasManifest || !before?.asked || !after?.asked || !lock.endsWith(".json")) continue;
    const changed = differing(before.asked, after.asked);
    if (changed.length > 0)
      notes.push(
        noteOf(
          "manifest_disagrees",
          lock,
          changed.slice(0, 5).join(", "),
          null,
          "its manifest asks for nothing new",
        ),
      );
  }
  return notes;
}

function judgeFile(file: ChangedContent, seen: Seen): PackageFacts {
  const { path, before, after } = file;
  const read = lockReader(path);
  if (read) return judgeLock(file, read, seen);
  if (isManifest(path)) {
    const [was, is] = [textOfSide(before), textOfSide(after)];
    seen.manifests.set(path, {
      before: was === null ? null : jsonOf(was),
      after: is === null ? null : jsonOf(is),
    });
  }
  const isUnread = isPackagesNotRead(path);
  return {
    packages: [],
    notes: isUnread ? [noteOf("not_understood", path, null, null, "its format is not read")] : [],
  };
}

export function judgePackages(files: readonly ChangedContent[]): PackageFacts {
  const seen: Seen = { locks: new Map(), manifests: new Map() };
  const packages: PackageChange[] = [];
  const notes: DependencyNote[] = [];
  for (const file of files) {
    try {
      const facts = judgeFile(file, seen);
      packages.push(...facts.packages);
      notes.push(...facts.notes);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      notes.push(noteOf("not_understood", file.path, null, null, error.why));
    }
  }
  return { packages, notes: [...notes, ...disagreements(seen), ...alikeNotes(seen.locks, seen.manifests)] };
}
