// What evidence does not prove because of what was installed for it. Pure.
import type { EvidenceDocument } from "./document.ts";

const named = (paths: readonly string[]): string =>
  paths.length <= 3 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`;

/** Sentences for the evidence; none where nothing was set up. */
export function setupDoubts({ patch, changed }: NonNullable<EvidenceDocument["setup"]>): string[] {
  if (changed.length === 0) return [];
  return patch === null
    ? [
        `The patch changes ${named(changed)}, and what that would install was not installed: the patched tree was tested with what the base installs.`,
      ]
    : [
        `The patch changes ${named(changed)}: the patched tree was tested with what it installs itself, after a person allowed it.`,
      ];
}
