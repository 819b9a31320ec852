import { z } from "zod";

const Text = z.string().max(300);

export const PackageChange = z.strictObject({
  /** The lockfile or manifest that says so. */
  path: z.string().min(1).max(4096),
  ecosystem: z.enum(["npm", "pypi", "go", "cargo", "rubygems", "composer", "maven", "nuget"]),
  name: Text,
  change: z.enum(["added", "removed", "changed"]),
  before: Text.nullable(),
  after: Text.nullable(),
  /** As the lockfile has it; null where it says nothing, which is not known and never guessed. */
  licence: Text.nullable(),
  /** Whether the project itself asks for it; null where the lockfile does not say. */
  isDirect: z.boolean().nullable(),
  /** It runs something when it is installed. */
  hasInstallScript: z.boolean(),
});
export type PackageChange = z.infer<typeof PackageChange>;

/** What about a lockfile or a manifest is more than a version. */
export const DependencyRule = z.enum([
  "hash_changed",
  "hash_removed",
  "hash_added",
  "new_host",
  "not_a_registry",
  "new_install_script",
  "manifest_disagrees",
  "name_alike",
  "other_registry",
  "indicated",
  "indicators_unread",
  "names_not_compared",
  "not_understood",
]);
export type DependencyRule = z.infer<typeof DependencyRule>;

export const DependencyNote = z.strictObject({
  rule: DependencyRule,
  path: z.string().min(1).max(4096),
  /** The package it is about; null where it is about the whole file. */
  name: Text.nullable(),
  before: Text.nullable(),
  after: Text.nullable(),
});
export type DependencyNote = z.infer<typeof DependencyNote>;
