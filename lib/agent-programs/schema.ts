import { z } from "zod";

/** What an installation says about itself, in `installed.json` of its folder. Paths are relative to the folder. */
export const Installed = z.object({
  format: z.literal(1),
  program: z.string(),
  version: z.string(),
  licence: z.string(),
  /** npm package and its version, with the digest that npm compared. */
  package: z.object({ name: z.string(), version: z.string(), integrity: z.string() }),
  /** The package's files: what sandboxes see. */
  files: z.string(),
  binary: z.string(),
  binaryBytes: z.int().positive(),
  binarySha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Models the program knows, as itself tells them; null where it tells none. */
  catalog: z.string().nullable(),
  /** Files of the package it is spoken to with; null where there is none. */
  library: z.string().nullable().default(null),
  /** Of everything in the folder. */
  bytes: z.int().positive(),
});
export type Installed = z.infer<typeof Installed>;
