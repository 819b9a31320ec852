// Canaries are tried on the base first: what the base's own code does not report failed would say nothing of a patch. Pure.

import { idsOf, type Outcome } from "#lib/test-reports/report.ts";
import { fileOf } from "#lib/test-reports/test-ids.ts";
import type { TestSource } from "../frameworks/framework.ts";
import type { TestRun } from "../harness.ts";
import type { Planting } from "./plant.ts";

export interface Control {
  /** What is planted into the base's tests on the patch; null where nothing is. */
  readonly planting: Planting | null;
  /** Why nothing is. */
  readonly none: string | null;
  /** Files whose tests ran on the base and carry no canary. */
  readonly uncovered: readonly string[];
}

export function withoutCanary(
  none: string,
  sources: readonly TestSource[],
  plain: readonly TestRun[],
): Control {
  return { planting: null, none, uncovered: tested(sources, plain) };
}

/** `plain`: the base without canaries; `control`: the base with all of them. */
export function judgeControl(
  planting: Planting,
  control: TestRun,
  plain: readonly TestRun[],
  sources: readonly TestSource[],
): Control {
  const without = (none: string) => withoutCanary(none, sources, plain);
  if (control.problem !== null || !control.planted)
    return without(
      `with canaries the base itself cannot be tested: ${control.problem ?? "there is no report."}`,
    );
  const { sound, silent, report, places } = control.planted;
  const others = disturbed(plain, { ...control, report });
  if (others > 0)
    return without(
      `with canaries in their files, ${others} other tests of the base end otherwise than without.`,
    );
  if (sound.length === 0) return without("on the base itself no canary was reported failed.");
  const left = new Set(silent);
  const files = planting.files
    .filter(({ path }) => !left.has(path))
    .map((file) => ({ ...file, places: [...new Set(file.names.flatMap((name) => places.get(name) ?? []))] }));
  const carrying = new Set(files.map(({ path }) => path));
  return {
    planting: { ...planting, files },
    none: null,
    uncovered: tested(sources, plain).filter((path) => !carrying.has(path)),
  };
}

/** Tests that ended alike in every plain run, and otherwise in the control. */
function disturbed(plain: readonly TestRun[], control: TestRun): number {
  const [first, ...rest] = plain.map(outcomes);
  const now = outcomes(control);
  return [...(first ?? [])].filter(
    ([id, outcome]) => rest.every((run) => run.get(id) === outcome) && now.get(id) !== outcome,
  ).length;
}

const outcomes = ({ report }: TestRun): Map<string, Outcome> =>
  new Map((report?.cases ?? []).map(({ id, outcome }) => [id, outcome]));

function tested(sources: readonly TestSource[], plain: readonly TestRun[]): string[] {
  const files = new Set(
    plain
      .flatMap(({ report }) => (report ? [...idsOf(report, "passed"), ...idsOf(report, "failed")] : []))
      .map(fileOf),
  );
  return sources.map(({ path }) => path).filter((path) => files.has(path));
}
