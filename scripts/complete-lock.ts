// Adds to package-lock.json the optional packages of other platforms that npm leaves out where its registry
// does not carry them; without them `npm ci` refuses the lock. Run after every change of dependencies.
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

const LockedPackage = z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() });
const Lock = z.looseObject({ packages: z.record(z.string(), LockedPackage) });

export type Lock = z.infer<typeof Lock>;

/** Tells, and leaves the order of the keys as npm wrote it. */
const isLock = (value: unknown): value is Lock => Lock.safeParse(value).success;

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "win32"];
const PROCESSORS = ["arm64", "x64", "arm", "wasm32"];

/** What npm would have read from the package itself, by the words in its name. */
export function platformOf(name: string): { os?: string[]; cpu: string[]; libc?: string[] } | null {
  const words = name.split(/[/-]/);
  const cpu = PROCESSORS.find((word) => words.includes(word));
  const os = SYSTEMS.find((word) => words.includes(word));
  if (!cpu || (!os && cpu !== "wasm32")) return null;
  const isMusl = words.includes("musl");
  const isGlibc = words.some((word) => word.startsWith("gnu"));
  return {
    ...(os ? { os: [os] } : {}),
    cpu: [cpu],
    ...(isMusl ? { libc: ["musl"] } : isGlibc ? { libc: ["glibc"] } : {}),
  };
}

/** Adds what is missing and returns the names. */
export function completeLock(lock: Lock): string[] {
  const added: string[] = [];
  for (const locked of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (lock.packages[path] || !platform || !/^\d/.test(version)) continue;
      lock.packages[path] = { version, optional: true, ...platform };
      added.push(name);
    }
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
  );
  return added;
}

if (import.meta.main) {
  const file = new URL("../package-lock.json", import.meta.url);
  const lock: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isLock(lock)) throw new Error("package-lock.json does not look like one.");
  const added = completeLock(lock);
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length === 0 ? "The lock is complete." : `Added: ${added.join(", ")}`);
}
