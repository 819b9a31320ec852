// What a change of a manifest or a lockfile would make an installation do.
import { z } from "zod";

const Scripts = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });
const INSTALL_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
  "prepublish",
  "dependencies",
];

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function installScripts(content: Buffer | null): string | null {
  if (content === null) return "[]";
  const parsed = Scripts.safeParse(parseJson(content));
  if (!parsed.success) return null;
  const scripts = new Map(Object.entries(parsed.data.scripts ?? {}));
  return JSON.stringify(
    INSTALL_SCRIPTS.filter((name) => scripts.has(name)).map((name) => [name, scripts.get(name)]),
  );
}

/** True when installing would run something else than before; an unreadable package.json counts. */
export function changesInstallScripts(before: Buffer | null, after: Buffer): boolean {
  const now = installScripts(after);
  return now === null || now !== installScripts(before);
}

interface Pin {
  readonly version: string | null;
  readonly integrity: string | null;
}

interface Lockfile {
  /** `https://host`, `git+ssh://host`: where packages come from. */
  readonly origins: ReadonlySet<string>;
  readonly pins: ReadonlyMap<string, Pin>;
}

const Package = z.object({
  version: z.string().optional(),
  resolved: z.unknown().optional(),
  integrity: z.string().optional(),
});
const NpmLock = z.object({
  packages: z.record(z.string(), Package).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
});
const Composer = z.object({ url: z.string().optional() }).nullish();
const ComposerPackage = z.object({ dist: Composer, source: Composer });
const ComposerLock = z.object({
  packages: z.array(ComposerPackage).optional(),
  "packages-dev": z.array(ComposerPackage).optional(),
});

function originOf(address: string): string | null {
  const match =
    /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(address) ?? /^(git@)([^:/]+):/.exec(address);
  return match === null ? null : `${match[1]}://${match[2]}`.toLowerCase();
}

const originsOf = (addresses: readonly string[]): Set<string> =>
  new Set(addresses.map(originOf).filter((origin) => origin !== null));

/** lockfileVersion 1 nests packages in packages. */
function oldNpmPackages(
  dependencies: Record<string, unknown>,
  under = "",
): [string, z.infer<typeof Package>][] {
  const Nested = Package.extend({ dependencies: z.record(z.string(), z.unknown()).optional() });
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const parsed = Nested.safeParse(value);
    if (!parsed.success) return [];
    const key = `${under}/${name}`;
    return [
      [key, parsed.data] as [string, z.infer<typeof Package>],
      ...oldNpmPackages(parsed.data.dependencies ?? {}, key),
    ];
  });
}

function readNpmLock(content: Buffer): Lockfile | null {
  const parsed = NpmLock.safeParse(parseJson(content));
  if (!parsed.success) return null;
  const packages = [
    ...Object.entries(parsed.data.packages ?? {}),
    ...oldNpmPackages(parsed.data.dependencies ?? {}),
  ];
  // version 1 puts the address of a git or tarball dependency where the version would be.
  const addresses = packages.flatMap(([, { resolved, version }]) =>
    [resolved, version].filter((text) => typeof text === "string"),
  );
  const pins = packages.map(
    ([key, entry]) => [key, { version: entry.version ?? null, integrity: entry.integrity ?? null }] as const,
  );
  return { origins: originsOf(addresses), pins: new Map(pins) };
}

function readComposerLock(content: Buffer): Lockfile | null {
  const parsed = ComposerLock.safeParse(parseJson(content));
  if (!parsed.success) return null;
  const packages = [...(parsed.data.packages ?? []), ...(parsed.data["packages-dev"] ?? [])];
  return {
    origins: originsOf(packages.flatMap(({ dist, source }) => [dist?.url ?? "", source?.url ?? ""])),
    pins: new Map(),
  };
}

/** Text formats: addresses on the lines that say where a package comes from. */
function readTextLock(content: Buffer): Lockfile {
  const lines = content
    .toString("utf8")
    .split("\n")
    .filter((line) => /resol|tarball|source|url|remote|registry|repo|git/i.test(line));
  const addresses = lines.flatMap(
    (line) =>
      line
        .slice(0, 4000)
        .match(/(?:[a-z][a-z0-9.-]*\+)*(?:https?|ssh|git):\/\/[^\s"'<>,{}]{1,500}|git@[^\s"':]{1,200}:/gi) ??
      [],
  );
  return { origins: originsOf(addresses), pins: new Map() };
}

function readLockfile(name: string, content: Buffer): Lockfile | null {
  if (name === "package-lock.json" || name === "npm-shrinkwrap.json") return readNpmLock(content);
  if (name === "composer.lock") return readComposerLock(content);
  return readTextLock(content);
}

export interface LockfileFindings {
  readonly readable: boolean;
  readonly newOrigins: readonly string[];
  /** Packages whose checksum changed though their version did not. */
  readonly repinned: readonly string[];
}

/** Compares two versions of a lockfile; `before` is null where it is new, which only a person can judge. */
export function compareLockfiles(name: string, before: Buffer | null, after: Buffer): LockfileFindings {
  const now = readLockfile(name, after);
  if (now === null) return { readable: false, newOrigins: [], repinned: [] };
  const then = before === null ? null : readLockfile(name, before);
  if (then === null)
    return {
      readable: true,
      newOrigins: [...now.origins].filter((origin) => !origin.startsWith("https://")),
      repinned: [],
    };
  const repinned = [...now.pins].filter(([key, pin]) => {
    const old = then.pins.get(key);
    return (
      old !== undefined &&
      old.version === pin.version &&
      old.integrity !== null &&
      old.integrity !== pin.integrity
    );
  });
  return {
    readable: true,
    newOrigins: [...now.origins].filter((origin) => !then.origins.has(origin)),
    repinned: repinned.map(([key]) => key),
  };
}
