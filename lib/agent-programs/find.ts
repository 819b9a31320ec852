// Where an added program lies, and whether it is whole. Asked anew for each run: adding one needs no restart.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ProgramPin } from "./pins.ts";
import { Installed } from "./schema.ts";

export const RECORD = "installed.json";

export interface FoundProgram {
  readonly folder: string;
  readonly installed: Installed;
  /** Absolute paths, free of symbolic links. */
  readonly files: string;
  readonly binary: string;
  readonly catalog: string | null;
  readonly library: string | null;
}

/** `absent`: nobody added this version. `damaged`: something of it is missing or is not what was added. */
export type Search =
  | { readonly state: "found"; readonly program: FoundProgram }
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly sentence: string };

export const programFolder = (agents: string, pin: ProgramPin): string =>
  join(agents, pin.program, pin.version);

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function look(folder: string, pin: ProgramPin): Promise<Search> {
  const text = await readFile(join(folder, RECORD), "utf8");
  const record = Installed.safeParse(JSON.parse(text));
  if (!record.success || record.data.program !== pin.program || record.data.version !== pin.version)
    return {
      state: "damaged",
      sentence: `${join(folder, RECORD)} is not about ${pin.program} ${pin.version}.`,
    };
  const installed = record.data;
  const files = join(folder, installed.files);
  const binary = join(folder, installed.binary);
  const beside = (name: string | null) => (name === null ? null : join(folder, name));
  const catalog = beside(installed.catalog);
  const library = beside(installed.library);
  const { size } = await stat(binary);
  for (const part of [catalog, library]) if (part !== null) await stat(part);
  if (size !== installed.binaryBytes)
    return { state: "damaged", sentence: `${binary} has ${size} bytes instead of ${installed.binaryBytes}.` };
  return { state: "found", program: { folder, installed, files, binary, catalog, library } };
}

/** `agents` is the folder that `npm run agents:add` fills. Looks at names and sizes; `isIntact` reads the bytes. */
export async function findAgentProgram(agents: string, pin: ProgramPin): Promise<Search> {
  let folder: string;
  try {
    folder = await realpath(programFolder(agents, pin));
  } catch (error) {
    if (isAbsence(error)) return { state: "absent" };
    throw error;
  }
  try {
    return await look(folder, pin);
  } catch (error) {
    if (error instanceof Error && (isAbsence(error) || error instanceof SyntaxError))
      return { state: "damaged", sentence: `${folder} is not whole: ${error.message}.` };
    throw error;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Reads the whole program: half a second for 300 MB. */
export async function isIntact({ binary, installed }: FoundProgram): Promise<boolean> {
  return (await sha256Of(binary)) === installed.binarySha256;
}
