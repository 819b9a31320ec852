// What is read of a STIX 2.1 bundle: indicators about packages. Objects of other kinds may stand beside them.
import { z } from "zod";

export const IndicatorObject = z.object({
  type: z.literal("indicator"),
  id: z.string().regex(/^indicator--[0-9a-f-]{36}$/),
  name: z.string().max(1000).optional(),
  pattern: z.string().max(4000),
  pattern_type: z.string().max(100),
  modified: z.iso.datetime(),
  valid_from: z.iso.datetime(),
  valid_until: z.iso.datetime().optional(),
  revoked: z.boolean().default(false),
  external_references: z
    .array(z.object({ url: z.string().max(2000).optional() }))
    .max(100)
    .default([]),
});

export const Bundle = z.object({
  type: z.literal("bundle"),
  objects: z.array(z.unknown()).max(200_000),
});

/** What a list says of packages, and how many of its indicators may say more that is not understood. */
export interface IndicatorList {
  readonly indicated: readonly Indicated[];
  readonly unread: number;
}

/** One package that an indicator names. */
export interface Indicated {
  readonly name: string;
  /** Null: every version. */
  readonly version: string | null;
  /** Null: in every ecosystem. */
  readonly ecosystem: string | null;
  readonly indicator: string;
  /** Where it is told why; null where the list does not say. */
  readonly link: string | null;
}
