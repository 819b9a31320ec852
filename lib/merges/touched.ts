// Which files a patch touches that a charter may protect, by what the tree policy said of them. Pure.
import type { PatchFlag } from "../patches/schema.ts";
import { ProtectedClass } from "../pilots/schema/scope.ts";

/** Rules of the tree policy that say a patch touches files of a class. */
const CLASS_RULES: Readonly<Record<ProtectedClass, readonly string[]>> = {
  ci: ["ci_config"],
  lockfiles: [
    "lockfile_change",
    "lockfile_hash_added",
    "manifest_disagrees",
    "indicators_unread",
    "package_alike",
    "package_moved",
    "package_manager_config",
    "install_script",
  ],
  agent_rules: ["agent_rules"],
  code_owners: ["code_owners"],
  tests: ["test_weakened", "test_unreadable", "test_integrity", "test_added"],
};

/** Paths that a charter protects itself. */
export const isOwnPath = ({ rule }: PatchFlag): boolean => rule === "protected_path";

export const isOfClass = ({ rule }: PatchFlag, one: ProtectedClass): boolean =>
  CLASS_RULES[one].includes(rule);

/** What a merge's document says of them, whatever its charter protects, so that who reads it can hold one against the other. */
export interface Touched {
  readonly class: ProtectedClass | "paths";
  /** Sorted; the first of them. */
  readonly files: readonly string[];
  readonly count: number;
}

const LISTED = 20;

export function touchedBy(flags: readonly PatchFlag[]): Touched[] {
  const of = (name: Touched["class"], chosen: readonly PatchFlag[]): Touched[] => {
    if (chosen.length === 0) return [];
    const files = [...new Set(chosen.flatMap(({ path }) => path ?? []))].sort();
    return [{ class: name, files: files.slice(0, LISTED), count: files.length }];
  };
  return [
    ...ProtectedClass.options.flatMap((one) =>
      of(
        one,
        flags.filter((flag) => isOfClass(flag, one)),
      ),
    ),
    ...of("paths", flags.filter(isOwnPath)),
  ];
}
