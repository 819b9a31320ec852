// What became of the lines a thread is about, in the newest patch. Pure.
import { followLines } from "../interdiff/line-map.ts";
import type { FoundInterdiff, Interdiff } from "../interdiff/schema.ts";
import { filesOf, type Hunk, hunksOf } from "../interdiff/unified.ts";
import type { Place } from "./rules.ts";
import type { LinesNow } from "./schema.ts";

export interface NowFacts {
  readonly place: Place;
  /** Whether the thread is about the newest patch itself. */
  readonly isNewest: boolean;
  readonly isSameBase: boolean;
  /** From the thread's patch to the newest one. */
  readonly interdiff: FoundInterdiff;
  /** Lines of the base that a patch shows of the thread's file: its own patch, and the newest one. Empty where it does not change the file. */
  readonly file: { readonly before: BaseLines; readonly after: BaseLines };
}

/** By their numbers; `isChanged`: the patch takes it away. */
export type BaseLines = ReadonlyMap<number, { readonly isChanged: boolean }>;

const WHY_UNKNOWN = {
  waiting: "The two attempts are being compared.",
  taken_away: "The earlier patch was taken away.",
} as const;

export function linesNow({ place, isNewest, isSameBase, interdiff, file }: NowFacts): LinesNow {
  const { path, from, to } = place;
  if (isNewest) return { state: "here", path, from, to };
  if (place.side === "old") return baseLinesNow(place, isSameBase, file);
  if (interdiff.state !== "made")
    return {
      state: "unknown",
      why: interdiff.state === "problem" ? interdiff.problem : WHY_UNKNOWN[interdiff.state],
    };
  const at = interdiff.files.findIndex((each) => (each.previousPath ?? each.path) === path);
  const changed = interdiff.files[at];
  if (changed === undefined) return { state: "same", path, from, to };
  if (changed.status === "deleted") return { state: "gone" };
  const hunks = hunksIn(interdiff, at);
  // Binary content has no lines, and neither has a change of mode.
  if (changed.added === null) return { state: "gone" };
  const moved = followLines(hunks, from, to);
  if (moved.state === "gone") return moved;
  const isRenamed = changed.path !== path;
  return { ...moved, state: moved.state === "same" && isRenamed ? "moved" : moved.state, path: changed.path };
}

/** Read once for all threads of a page: a patch may be as large as a patch may be. */
const readHunks = new WeakMap<Interdiff, { readonly files: readonly string[]; readonly hunks: Hunk[][] }>();

function hunksIn(interdiff: Interdiff, at: number): readonly Hunk[] {
  const known = readHunks.get(interdiff) ?? { files: filesOf(interdiff.diff), hunks: [] };
  readHunks.set(interdiff, known);
  known.hunks[at] ??= hunksOf(known.files[at] ?? "");
  return known.hunks[at];
}

/** Lines of the base stay what they are; what may change is whether the patch takes them away. */
function baseLinesNow({ path, from, to }: Place, isSameBase: boolean, file: NowFacts["file"]): LinesNow {
  if (!isSameBase) return { state: "unknown", why: "The base moved: its lines are other ones now." };
  const taken = (lines: BaseLines): string =>
    Array.from({ length: to - from + 1 }, (_, n) => (lines.get(from + n)?.isChanged ? "-" : " ")).join("");
  return { state: taken(file.before) === taken(file.after) ? "same" : "changed", path, from, to };
}
