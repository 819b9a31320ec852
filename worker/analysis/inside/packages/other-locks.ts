// Lockfiles of Python, Go, Rust, Ruby, PHP, the JVM and .NET.
import { parse as parseToml, TomlError } from "smol-toml";
import { Unreadable } from "../trees/bounds.ts";
import { type Ecosystem, type Lockfile, list, type Pinned, pinned, record, text } from "./model.ts";

const of = (ecosystem: Ecosystem, packages: readonly Pinned[]): Lockfile => ({
  ecosystem,
  packages,
  asked: null,
});

function tomlOf(source: string): Record<string, unknown> {
  try {
    return parseToml(source);
  } catch (error) {
    if (error instanceof TomlError) throw new Unreadable("it is no TOML");
    throw error;
  }
}

const joined = (hashes: readonly (string | null)[]): string | null =>
  hashes
    .filter((hash) => hash !== null)
    .toSorted()
    .join(" ") || null;

/** poetry.lock, uv.lock, pdm.lock and Cargo.lock: `[[package]]`. */
export function readTomlLock(ecosystem: "pypi" | "cargo", source: string): Lockfile {
  const packages = list(tomlOf(source).package).map((entry) => {
    const one = record(entry);
    const from = record(one.source);
    const address = text(one.source) ?? text(from.registry) ?? text(from.git) ?? text(from.url);
    const files = [...list(one.files), ...list(one.wheels), one.sdist].map((file) => text(record(file).hash));
    return pinned(text(one.name) ?? "", text(one.version) ?? "", {
      source: address,
      hash: text(one.checksum) ?? joined(files),
    });
  });
  return of(
    ecosystem,
    packages.filter(({ source: from }) => !/^(?:virtual|editable|\.)/.test(from ?? "")),
  );
}

export function readRequirements(source: string): Lockfile {
  const lines = source.replaceAll(/\\\r?\n/g, " ").split("\n");
  const packages = lines.flatMap((raw) => {
    const line = raw.replace(/(?:^|\s)#.*$/, "").trim();
    if (line === "" || line.startsWith("-")) return [];
    const [, name, , version] = /^([\w.-]+)(\[[^\]]*\])?\s*(?:[=~<>!]=?=?\s*([^\s;,]+))?/.exec(line) ?? [];
    if (!name) return [pinned(line.slice(0, 200), "", { source: line.slice(0, 300) })];
    const address = /@\s*(\S+)/.exec(line)?.[1] ?? null;
    const hash = joined([...line.matchAll(/--hash[= ](\S+)/g)].map(([, one]) => one ?? null));
    return [pinned(name.toLowerCase().replaceAll(/[-_.]+/g, "-"), version ?? "", { source: address, hash })];
  });
  return of("pypi", packages);
}

export function readPipfileLock(content: unknown): Lockfile {
  const root = record(content);
  const entries = [...Object.entries(record(root.default)), ...Object.entries(record(root.develop))];
  return of(
    "pypi",
    entries.map(([name, entry]) => {
      const one = record(entry);
      const hash = joined(list(one.hashes).map(text));
      return pinned(name, (text(one.version) ?? "").replace(/^==/, ""), { hash, source: text(one.git) });
    }),
  );
}

export function readGoMod(source: string): Lockfile {
  const required = [...source.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w./~-]+)\s+(v[\w.+-]+)/gm)];
  const replaced = [...source.matchAll(/^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s*=>\s*(\S+)(?:\s+(v\S+))?/gm)];
  return of("go", [
    ...required.map(([, name = "", version = ""]) => pinned(name, version)),
    ...replaced.map(([, name = "", to = "", version = ""]) =>
      pinned(name, version || "replaced", { source: to }),
    ),
  ]);
}

/** `module version h1:…`; the hash of its go.mod is another line. */
export function readGoSum(source: string): Lockfile {
  const lines = [...source.matchAll(/^(\S+) (v\S+?)(\/go\.mod)? (h1:\S+)$/gm)].filter(([, , , mod]) => !mod);
  return of(
    "go",
    lines.map(([, name = "", version = "", , hash = ""]) => pinned(name, version, { hash })),
  );
}

export function readGemfileLock(source: string): Lockfile {
  const sums = new Map(
    [...source.matchAll(/^ {2}(\S+) \(([^)]+)\) (sha256=\S+)$/gm)].map(([, n, v, sum]) => [`${n} ${v}`, sum]),
  );
  let remote: string | null = null;
  const packages: Pinned[] = [];
  for (const line of source.split("\n")) {
    remote = /^ {2}remote: (\S+)$/.exec(line)?.[1] ?? (/^\S/.test(line) ? null : remote);
    const [, name, version] = /^ {4}(\S+) \(([^)]+)\)$/.exec(line) ?? [];
    if (name && version)
      packages.push(pinned(name, version, { source: remote, hash: sums.get(`${name} ${version}`) ?? null }));
  }
  return of("rubygems", packages);
}

export function readComposerLock(content: unknown): Lockfile {
  const root = record(content);
  const packages = [...list(root.packages), ...list(root["packages-dev"])].map((entry) => {
    const one = record(entry);
    const { url, shasum } = record(one.dist);
    const licence = list(one.license)
      .map(text)
      .filter((each) => each !== null)
      .join(" OR ");
    return pinned(text(one.name) ?? "", text(one.version) ?? "", {
      source: text(url),
      hash: text(shasum) || null,
      licence: licence || null,
    });
  });
  return of("composer", packages);
}

export function readGradleLock(source: string): Lockfile {
  const lines = [...source.matchAll(/^([^#\s:=]+:[^:=\s]+):([^=\s]+)=/gm)];
  return of(
    "maven",
    lines.map(([, name = "", version = ""]) => pinned(name, version)),
  );
}

export function readNugetLock(content: unknown): Lockfile {
  const frameworks = Object.values(record(record(content).dependencies));
  const packages = frameworks.flatMap((framework) =>
    Object.entries(record(framework)).map(([name, entry]) => {
      const { resolved, contentHash } = record(entry);
      return pinned(name, text(resolved) ?? "", { hash: text(contentHash) });
    }),
  );
  return of("nuget", packages);
}
