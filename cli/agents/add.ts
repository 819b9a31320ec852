// Adds an agent program to the data folder: fetched by its digest, proved in a sandbox, and in place in one step. What is
// there already and whole is left as it is.
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type FoundProgram,
  findAgentProgram,
  isIntact,
  programFolder,
  RECORD,
  sha256Of,
} from "#lib/agent-programs/find.ts";
import type { LibraryPin, PackagePin, ProgramPin } from "#lib/agent-programs/pins.ts";
import type { Installed } from "#lib/agent-programs/schema.ts";
import { MINUTE } from "#lib/clock.ts";
import { AppError, refused } from "#lib/errors.ts";
import { waitForHostLock } from "#lib/host-lock.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { fetchPackage } from "./fetch-package.ts";
import { proveProgram } from "./prove.ts";

export interface AddOptions {
  /** The folder of all agent programs; sandboxes' users may enter it. */
  readonly agents: string;
  readonly sandbox: Sandbox;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.arch`. */
  readonly arch: string;
}

export interface Added {
  readonly program: FoundProgram;
  /** False where it was there and whole. */
  readonly isNew: boolean;
}

const STAGING = ".adding-";
const PATIENCE = 20 * MINUTE;

const readableMode = (isFolder: boolean, mode: number): number =>
  isFolder || (mode & 0o100) !== 0 ? 0o755 : 0o644;

/** Makes a tree readable for every user, whatever the umask was; returns its bytes. Nothing but files and folders may be in it. */
async function openTree(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() && !entry.isDirectory()) throw refused(`${file} is neither a file nor a folder.`);
    const { size, mode } = await stat(file);
    await chmod(file, readableMode(entry.isDirectory(), mode));
    if (entry.isFile()) bytes += size;
  }
  await chmod(path, 0o755);
  return bytes;
}

async function fetchInto(
  target: string,
  packed: LibraryPin,
  staging: string,
  { env }: AddOptions,
): Promise<void> {
  const download = await mkdtemp(join(staging, "download-"));
  await rename(await fetchPackage(packed, download, env), target);
}

async function build(
  pin: ProgramPin,
  packed: PackagePin,
  staging: string,
  options: AddOptions,
): Promise<string> {
  const fresh = join(staging, "fresh");
  const files = join(fresh, "files");
  await mkdir(fresh);
  await fetchInto(files, packed, staging, options);
  if (pin.library) await fetchInto(join(fresh, "library"), pin.library, staging, options);
  const bytes = await openTree(fresh);
  const binary = join(files, packed.binary);
  const { size } = await stat(binary).catch((error: unknown) => {
    const sentence = `${packed.name} ${packed.version} holds no ${packed.binary}.`;
    throw new AppError("refused", sentence, { cause: error });
  });
  const catalog = await proveProgram({ sandbox: options.sandbox, pin, files, binary: packed.binary });
  if (catalog !== null) await writeFile(join(fresh, "models.json"), catalog);
  const record: Installed = {
    format: 1,
    program: pin.program,
    version: pin.version,
    licence: pin.licence,
    package: { name: packed.name, version: packed.version, integrity: packed.integrity },
    files: "files",
    binary: join("files", packed.binary),
    binaryBytes: size,
    binarySha256: await sha256Of(binary),
    catalog: catalog === null ? null : "models.json",
    library: pin.library === null ? null : "library",
    bytes: bytes + Buffer.byteLength(catalog ?? ""),
  };
  await writeFile(join(fresh, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  await openTree(fresh);
  return fresh;
}

async function findWhole(agents: string, pin: ProgramPin): Promise<FoundProgram | null> {
  const search = await findAgentProgram(agents, pin);
  return search.state === "found" && (await isIntact(search.program)) ? search.program : null;
}

/** What was being added when somebody ended it. Only whoever holds the lock may do this. */
async function removeLeftovers(agents: string): Promise<void> {
  for (const name of await readdir(agents))
    if (name.startsWith(STAGING)) await rm(join(agents, name), { recursive: true, force: true });
}

/** Throws a sentence that says what to do. Whoever comes second waits, and finds it there. */
export async function addProgram(pin: ProgramPin, options: AddOptions): Promise<Added> {
  const { agents, arch } = options;
  const packed = pin.packages[arch];
  if (!packed)
    throw refused(
      `${pin.program} ${pin.version} is known for ${Object.keys(pin.packages).join(" and ")}, not for ${arch}.`,
    );
  const lock = await waitForHostLock(`agents ${agents}`, PATIENCE);
  try {
    const present = await findWhole(agents, pin);
    if (present) return { program: present, isNew: false };
    await removeLeftovers(agents);
    const staging = await mkdtemp(join(agents, STAGING));
    try {
      await chmod(staging, 0o755); // a sandbox's user walks through
      const fresh = await build(pin, packed, staging, options);
      const place = programFolder(agents, pin);
      await mkdir(dirname(place), { recursive: true });
      await chmod(dirname(place), 0o755);
      await rm(place, { recursive: true, force: true });
      await rename(fresh, place);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    const added = await findWhole(agents, pin);
    if (!added) throw new AppError("unexpected", `${pin.program} was added but is not found.`);
    return { program: added, isNew: true };
  } finally {
    await lock.release();
  }
}

/** Other versions in the same place, which nothing uses any more. */
export async function otherVersions(agents: string, pin: ProgramPin): Promise<string[]> {
  const names = await readdir(join(agents, pin.program));
  return names.filter((name) => name !== pin.version).map((name) => join(agents, pin.program, name));
}
