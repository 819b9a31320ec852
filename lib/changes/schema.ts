// What the worker read in a patch's files, kept as one immutable document beside its diff: bytes of our own canonical
// JSON, known by their commitment, taken away with the diff.
import { z } from "zod";
import { DependencyNote, PackageChange } from "../dependencies/schema.ts";
import { LicenceHeader } from "../licences/schema.ts";
import { TestSighting } from "../test-integrity/schema.ts";

/** Kept of each kind; what is above is counted. */
export const MOST_KEPT = 2_000;

/** What comes out of the sandbox: hostile until it has this shape. */
export const AnalysisAnswer = z.strictObject({
  tests: z.array(TestSighting).max(100_000),
  packages: z.array(PackageChange).max(100_000),
  notes: z.array(DependencyNote).max(100_000),
  headers: z.array(LicenceHeader).max(100_000),
});
export type AnalysisAnswer = z.infer<typeof AnalysisAnswer>;

export const ChangesDocument = z.strictObject({
  v: z.literal(1),
  /** Worst first. */
  tests: z.array(TestSighting),
  /** Sightings in tests beyond those. */
  testsLeft: z.int().min(0),
  packages: z.array(PackageChange).default([]),
  packagesLeft: z.int().min(0).default(0),
  /** Worst first. */
  notes: z.array(DependencyNote).default([]),
  headers: z.array(LicenceHeader).default([]),
});
export type ChangesDocument = z.infer<typeof ChangesDocument>;
