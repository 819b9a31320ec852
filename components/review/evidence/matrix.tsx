import type { TreeCounts } from "#lib/evidence/rules.ts";
import { formatCount, plural } from "../../format.ts";

type TreeName = "base_on_base" | "base_on_patch" | "patch_on_patch";

const ROWS: readonly { readonly tree: TreeName; readonly title: string; readonly says: string }[] = [
  { tree: "base_on_base", title: "base on base", says: "the red we started from" },
  { tree: "base_on_patch", title: "base's tests on patch", says: "counts for the gate" },
  { tree: "patch_on_patch", title: "patch on patch", says: "with its own tests" },
];

/** A revert repairs nothing, and the branch's tests may have been changed to fit what it undoes. */
const OF_REVERT: Readonly<Record<TreeName, string>> = {
  base_on_base: "the branch as it stands",
  base_on_patch: "shown, counts for nothing",
  patch_on_patch: "counts for the gate",
};

interface EvidenceMatrixProps {
  readonly matrix: Readonly<Record<TreeName, TreeCounts>>;
  /** Tests that failed before the patch and still do: no news on the patch's rows. */
  readonly known: number;
  readonly isRevert?: boolean;
  /** Nothing in it counts. */
  readonly isUntrusted?: boolean;
}

/** Tests by tree. A test whose repeats disagree is flaky, neither passed nor failed. */
export function EvidenceMatrix({
  matrix,
  known,
  isRevert = false,
  isUntrusted = false,
}: EvidenceMatrixProps) {
  const counts = isRevert ? "patch_on_patch" : "base_on_patch";
  return (
    <table className="mx" aria-label="Tests on each tree">
      <thead>
        <tr>
          <th scope="col">Tests on tree</th>
          <th scope="col" className="n">
            Pass
          </th>
          <th scope="col" className="n">
            Fail
          </th>
          <th scope="col" className="n">
            Flaky
          </th>
          <th scope="col" className="n">
            Skip
          </th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ tree, title, says }) => {
          const { passed, failed, flaky, skipped, runs } = matrix[tree];
          return (
            <tr key={tree}>
              <th scope="row">
                <span className="med">{title}</span>
                <div className="t3 xs">
                  {isUntrusted && tree === counts
                    ? "would count for the gate, and counts for nothing"
                    : isRevert
                      ? OF_REVERT[tree]
                      : says}
                  , {plural(runs, "run")}
                </div>
              </th>
              <td className="n">{formatCount(passed)}</td>
              <Failed failed={failed} isKnown={tree !== "base_on_base" && failed === known} />
              <td className={flaky > 0 ? "n need" : "n t3"}>{formatCount(flaky)}</td>
              <td className="n t3">{formatCount(skipped)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Failed({ failed, isKnown }: { failed: number; isKnown: boolean }) {
  if (failed === 0) return <td className="n">0</td>;
  return isKnown ? (
    <td className="n">
      {formatCount(failed)} <span className="t3 xs">known</span>
    </td>
  ) : (
    <td className="n bad med">{formatCount(failed)}</td>
  );
}
