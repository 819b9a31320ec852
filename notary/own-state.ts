// What the notary knows by itself, in its own folder, whatever the database says: how large the log was that it signed
// last, and the right edge of its tree. Nothing is signed that is not written here first.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, unavailable } from "#lib/errors.ts";
import { type Disk, errnoOf, PRIVATE_FILE } from "./disk.ts";

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const Size = z.int().min(0);

export const OwnState = z.strictObject({
  version: z.literal(1),
  logId: z.string().regex(/^[0-9a-f]{16}$/),
  epoch: z.int().min(1),
  origin: z.string(),
  size: Size,
  root: Hex32,
  /** Roots of the whole subtrees that cover the tree, largest first. */
  edge: z.array(Hex32),
  /** Hash of the last leaf, which the database must have too. */
  last: Hex32.nullable(),
  /** Public keys that signed, those among them that are lost included; not those that were retired. */
  signers: z.array(Hex32),
});
export type OwnState = z.infer<typeof OwnState>;

export const originOf = (logId: string, epoch: number): string => `pilothouse/${logId}/${epoch}`;

const fileIn = (folder: string) => join(folder, "state.json");

/** Null where there is none yet. Throws unavailable where it cannot be read or understood: that is no empty start. */
export async function readOwnState(folder: string): Promise<OwnState | null> {
  try {
    return OwnState.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw unavailable(`The notary's state in ${folder} cannot be used: ${messageOf(error)}`, error);
  }
}

export const writeOwnState = (disk: Disk, folder: string, state: OwnState): Promise<void> =>
  disk.replace(fileIn(folder), `${JSON.stringify(state, null, 2)}\n`, PRIVATE_FILE);
