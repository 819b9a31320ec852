// package-lock.json of every version, yarn.lock of both kinds, pnpm-lock.yaml.
import { ofYaml } from "../configs/settings.ts";
import { Unreadable } from "../trees/bounds.ts";
import { type Lockfile, type Pinned, pinned, record, text } from "./model.ts";

const ASKED = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** Name → range, of a manifest or of a lockfile's own copy of it. */
export function askedIn(manifest: unknown): Map<string, string> {
  const root = record(manifest);
  return new Map(
    ASKED.flatMap((part) => Object.entries(record(root[part]))).map(([name, range]) => [name, String(range)]),
  );
}

/** SPDX as packages write it: a text, `{ type }`, or a list of those. */
export function licenceOf(value: unknown): string | null {
  if (Array.isArray(value))
    return (
      value
        .map(licenceOf)
        .filter((one) => one !== null)
        .join(" OR ") || null
    );
  return text(value) ?? text(record(value).type);
}

const nameIn = (key: string): string => key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length);

function ofNpm(entry: unknown, name: string): Pinned {
  const one = record(entry);
  return pinned(text(one.name) ?? name, text(one.version) ?? "", {
    source: text(one.resolved),
    hash: text(one.integrity),
    licence: licenceOf(one.license),
    hasInstallScript: one.hasInstallScript === true || one.requiresBuild === true,
  });
}

/** Version 1 nests packages in packages. */
function* nested(dependencies: unknown, depth = 0): Generator<Pinned> {
  if (depth > 64) throw new Unreadable("it is nested more than 64 deep");
  for (const [name, entry] of Object.entries(record(dependencies))) {
    const { version, dependencies: inner } = record(entry);
    const isAddress = text(version)?.includes(":") ?? false;
    yield isAddress ? { ...ofNpm(entry, name), source: text(version) } : ofNpm(entry, name);
    yield* nested(inner, depth + 1);
  }
}

export function readPackageLock(content: unknown): Lockfile {
  const root = record(content);
  const packages = record(root.packages);
  const keys = Object.keys(packages).filter((key) => key.includes("node_modules/"));
  if (keys.length === 0 && !("lockfileVersion" in root)) throw new Unreadable("it is no lockfile of npm");
  const isNew = "packages" in root;
  return {
    ecosystem: "npm",
    packages: isNew
      ? keys
          .filter((key) => record(packages[key]).link !== true)
          .map((key) => ofNpm(packages[key], nameIn(key)))
      : [...nested(root.dependencies)],
    asked: isNew ? askedIn(packages[""]) : null,
  };
}

const nameOfKey = (key: string): string => /^"?(@?[^@"]+)@/.exec(key)?.[1] ?? key;

/** The classic one: blocks at the margin, `key value` two blanks in. */
function readClassic(source: string): Lockfile {
  const packages: Pinned[] = [];
  for (const block of source.split(/\n(?=\S)/)) {
    const lines = block.split("\n");
    const [head = ""] = lines;
    if (!/^[^#\s].*:$/.test(head)) {
      if (/^[^#\s]/.test(head)) throw new Unreadable("it is no lockfile of yarn");
      continue;
    }
    const fields = new Map(
      lines.flatMap((line) => {
        const [, key, value] = /^ {2}(\S+) (.+)$/.exec(line) ?? [];
        return key && value ? [[key, value.replaceAll(/^"|"$/g, "")] as const] : [];
      }),
    );
    const [source, hash] = [fields.get("resolved") ?? null, fields.get("integrity") ?? null];
    const sum = source === null ? null : (/#([0-9a-f]{40})$/.exec(source)?.[1] ?? null);
    packages.push(pinned(nameOfKey(head), fields.get("version") ?? "", { source, hash: hash ?? sum }));
  }
  return { ecosystem: "npm", packages, asked: null };
}

export function readYarnLock(source: string): Lockfile {
  if (!/^__metadata:/m.test(source)) return readClassic(source);
  const entries = Object.entries(record(ofYaml(source))).filter(([key]) => key !== "__metadata");
  const packages = entries.flatMap(([key, value]) => {
    const one = record(value);
    const resolution = text(one.resolution) ?? "";
    if (/@workspace:/.test(resolution)) return [];
    const source = /@npm:/.test(resolution) ? null : resolution.slice(resolution.indexOf("@", 1) + 1) || null;
    return [pinned(nameOfKey(key), String(one.version ?? ""), { source, hash: text(one.checksum) })];
  });
  return { ecosystem: "npm", packages, asked: null };
}

export function readPnpmLock(source: string): Lockfile {
  const root = record(ofYaml(source));
  if (!("lockfileVersion" in root)) throw new Unreadable("it is no lockfile of pnpm");
  const packages = Object.entries(record(root.packages)).map(([key, value]) => {
    const one = record(value);
    const plain = key.replace(/^\//, "").replace(/\(.*$/, "");
    const at = plain.lastIndexOf("@");
    const cut = at > 0 ? at : plain.lastIndexOf("/");
    const { integrity, tarball, repo } = record(one.resolution);
    return pinned(text(one.name) ?? plain.slice(0, cut), text(one.version) ?? plain.slice(cut + 1), {
      source: text(tarball) ?? text(repo),
      hash: text(integrity),
      hasInstallScript: one.requiresBuild === true,
    });
  });
  const importers = record(root.importers);
  const roots = Object.keys(importers).length > 0 ? Object.values(importers) : [root];
  const asked = roots.flatMap((importer) =>
    [...askedIn(importer)].map(
      ([name]) => [name, text(record(record(record(importer).dependencies)[name]).specifier) ?? ""] as const,
    ),
  );
  return { ecosystem: "npm", packages, asked: new Map(asked) };
}
