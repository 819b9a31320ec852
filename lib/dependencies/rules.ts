// What changes of dependencies mean: which notes stop a patch or ask for another pair of eyes, and their words.
import type { FindingSeverity } from "../test-integrity/schema.ts";
import type { DependencyNote, DependencyRule } from "./schema.ts";

const SEVERITIES: Readonly<Record<DependencyRule, FindingSeverity>> = {
  hash_changed: "high",
  hash_removed: "high",
  hash_added: "medium",
  not_a_registry: "high",
  new_host: "high",
  new_install_script: "medium",
  manifest_disagrees: "medium",
  name_alike: "medium",
  other_registry: "high",
  indicated: "high",
  indicators_unread: "medium",
  names_not_compared: "medium",
  not_understood: "medium",
};

export const dependencySeverity = ({ rule }: DependencyNote): FindingSeverity => SEVERITIES[rule];

export function dependencySentence({ rule, path, name, before, after }: DependencyNote): string {
  const what = name ?? path;
  switch (rule) {
    case "hash_changed":
      return `${what} has another checksum though its version is the same.`;
    case "hash_removed":
      return `${what} lost its checksum though its version is the same.`;
    case "hash_added":
      return `${what} may also have other checksums, though its version is the same.`;
    case "new_host":
      return `${what} comes from ${after ?? "another place"}, which the base takes nothing from.`;
    case "not_a_registry":
      return `${what} comes from ${after ?? "no registry"}, which is no registry.`;
    case "new_install_script":
      return `${what} runs a script when it is installed.`;
    case "manifest_disagrees":
      return `Manifest and lockfile disagree about ${what}: ${after ?? "they say different things"}.`;
    case "name_alike":
      if (name === null)
        return `${path} has ${after ?? "more new packages"} named much like others, and not told one by one.`;
      return before === null
        ? `${what} is new, and its name is none that is to be trusted by eye: ${after ?? "look at its letters"}.`
        : `${what} is new, and its name is much like ${before}: ${after ?? "look at its letters"}.`;
    case "other_registry":
      return `${what} comes from ${after ?? "another place"}; it, or all of its scope, came from ${before ?? "elsewhere"}.`;
    case "indicated":
      return `${what} is on a list of indicators: ${before ?? "no name is given"}${after === null ? "" : ` (${after})`}.`;
    case "indicators_unread":
      return `The packages of ${path} were not held against every indicator: ${after ?? "their list cannot be read"}.`;
    case "names_not_compared":
      return `Whether packages of ${path} are named much like others is not all known: ${after ?? "some were not compared"}.`;
    case "not_understood":
      return `${path} is about packages and was not read: ${after ?? "its format is not known"}. Compare it by eye.`;
  }
}

/** How many packages a note stands for that names none. */
export const untoldIn = ({ name, after }: Pick<DependencyNote, "name" | "after">): number =>
  name === null ? Number(/^(\d+) more new packages?$/.exec(after ?? "")?.[1] ?? 0) : 0;

const ORDER: readonly FindingSeverity[] = ["high", "medium", "low"];

export const arrangedNotes = (notes: readonly DependencyNote[]): DependencyNote[] =>
  notes.toSorted((a, b) => ORDER.indexOf(dependencySeverity(a)) - ORDER.indexOf(dependencySeverity(b)));
