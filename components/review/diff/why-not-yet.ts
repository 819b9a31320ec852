// Why a decision is not offered yet. Pure.
import { plural } from "../../format.ts";
import type { DiffState } from "./view.tsx";

/**
 * One sentence, or null. It says what the window has shown, which is all a page can know: what eyes saw it cannot.
 */
export function whyNotYet({ looked, missing }: Pick<DiffState, "looked" | "missing">): string | null {
  if (missing !== null) return missing;
  if (looked.left === 0) return null;
  return `${plural(looked.left, "place")} with hidden content not yet in sight`;
}

/** What is said at a decision while white space is hidden; null where hiding it leaves nothing out. */
export function withoutSpace(files: readonly { readonly space: number }[]): string | null {
  const lines = files.reduce((sum, { space }) => sum + space, 0);
  return lines === 0 ? null : `hidden: ${plural(lines, "line")} shown as unchanged`;
}
