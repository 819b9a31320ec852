import { reviewFiles } from "#components/review/diff-rules.ts";
import type { InterdiffShown } from "#components/review/interdiff/interdiff-pane.tsx";
import type { EarlierPatch } from "#lib/interdiff/schema.ts";
import { readShownInterdiff } from "#lib/interdiff/shown-interdiff.ts";
import type { PatchView } from "#lib/patches/schema.ts";
import { firstTexts } from "#lib/patches/shown-patch.ts";
import type { Scope } from "#lib/scope.ts";

/** Characters that come with the page. */
const FIRST_TEXTS = 48 * 1024;

/** Since the patch that was asked for, or the one before. The caller has checked that the scope may see the run. */
export async function loadInterdiff(
  scope: Scope,
  patch: PatchView,
  earlier: readonly EarlierPatch[],
  asked: string | undefined,
): Promise<InterdiffShown | null> {
  const since = earlier.find(({ id }) => id === asked) ?? earlier[0];
  if (!since) return null;
  const shown = await readShownInterdiff(scope, since.id, patch.id);
  const baseMoved = since.baseCommit !== patch.baseCommit;
  if (shown.state === "none") return { since, earlier, baseMoved, result: shown };
  const { cut } = shown;
  const files = reviewFiles(shown.files, [], cut.files);
  const first = firstTexts(
    { ...cut, isTakenAway: false },
    files.map(({ place }) => place),
    FIRST_TEXTS,
  );
  const pair = `patch=${patch.id}&since=${since.id}`;
  const url = `/api/runs/${patch.runId}/diff?${pair}`;
  const whole = `/api/runs/${patch.runId}/diff/whole?${pair}&version=${cut.version}`;
  return {
    since,
    earlier,
    baseMoved,
    result: { state: "made", files, text: { url, whole, first, version: cut.version } },
  };
}
