import type { EvidenceDocument } from "#lib/evidence/document.ts";
import { type Inventory, isWhole, type Pair } from "#lib/evidence/inventory.ts";
import type { NewOnBase } from "#lib/evidence/new-tests.ts";
import type { Checks } from "#lib/protocol/checks.ts";
import { formatCount, plural } from "../../format.ts";
import { Code, Visible } from "../../ui/visible.tsx";
import { Fact, type Good, Listed } from "./facts.tsx";

/** What was checked beside the three trees. Evidence of the first format has none of it. */
export function Checked({ document }: { document: EvidenceDocument }) {
  const { checks, observations, judgement, protocol } = document;
  /** What is in order looks like nothing where the tests' word is not to be relied on. */
  const well = judgement.verdict === "untrustworthy" ? "none" : "good";
  return (
    <>
      {checks ? <Canary checks={checks} observations={observations} /> : null}
      {!checks && protocol !== undefined ? (
        <Fact good="bad" value="nothing reported">
          Canary, planted to fail
        </Fact>
      ) : null}
      {judgement.inventory ? <Inventoried inventory={judgement.inventory} well={well} /> : null}
      {judgement.newTests ? <NewTests seen={judgement.newTests} well={well} /> : null}
      {checks ? <Lines checks={checks} /> : null}
      {checks?.command ? (
        <Fact good="none">
          Instead of the package script ran what the base says it does:{" "}
          <Code text={checks.command.join(" ")} />
        </Fact>
      ) : null}
    </>
  );
}

function Canary({
  checks,
  observations,
}: {
  checks: Checks;
  observations: EvidenceDocument["observations"];
}) {
  const { none, uncovered } = checks.canary;
  if (none !== null)
    return (
      <Fact good="need" value="none">
        Canary, planted to fail: <Visible text={none} />
      </Fact>
    );
  const seen = observations.flatMap(({ canary }) => canary ?? []);
  const silent = [...new Set(seen.flatMap((canary) => canary.silent))];
  const [planted, failed] = [total(seen, "planted"), total(seen, "failed")];
  return (
    <>
      <Fact
        good={silent.length > 0 ? "bad" : "good"}
        value={silent.length > 0 ? `${formatCount(failed)} of ${formatCount(planted)}` : "reported failed"}
      >
        Canary, planted to fail in {plural(checks.canary.files, "file")}
      </Fact>
      <Listed good="bad" title="Where one was not reported failed" names={silent} noun="file" />
      <Listed good="need" title="Test files without one" names={uncovered} noun="file" />
      <Listed good="need" title="Hold tests, reported none" names={checks.unreported} noun="file" />
    </>
  );
}

const total = (seen: readonly { planted: number; failed: number }[], of: "planted" | "failed"): number =>
  seen.reduce((sum, canary) => sum + canary[of], 0);

function Inventoried({ inventory, well }: { inventory: Inventory; well: Good }) {
  const { base, patch, moved, renamed, skipped, removed, added } = inventory;
  const sign = base === patch ? "=" : "→";
  return (
    <>
      <Fact
        good={isWhole(inventory) ? well : "need"}
        value={`${formatCount(base)} ${sign} ${formatCount(patch)}`}
      >
        Inventory of tests
        {isWhole(inventory) ? "" : ", not all of the base's there"}
      </Fact>
      <Listed good="bad" title="Removed from the suite" names={removed} />
      <Listed good="bad" title="Skipped with the patch" names={skipped} />
      <Listed good="need" title="Taken to be renamed" names={renamed.map(worded)} />
      <Listed good="none" title="Moved to another file" names={moved.map(worded)} />
      <Listed good="none" title="Added to the suite" names={added} />
    </>
  );
}

const worded = ({ from, to }: Pair): string => `${from} → ${to}`;

function NewTests({ seen: { failing, passing, unseen }, well }: { seen: NewOnBase; well: Good }) {
  return (
    <>
      <Listed good={well} title="New, and fail on the base" names={failing} />
      <Listed good="need" title="New, pass on the base too: prove nothing" names={passing} />
      <Listed good="need" title="New, not seen on the base" names={unseen} />
    </>
  );
}

export const COUNTED_BY = {
  ...{ v8: "Node's engine", vitest: "Vitest", jest: "Jest", coverage_py: "coverage.py", go: "go test" },
} satisfies Record<NonNullable<Checks["coverage"]>["method"], string>;

function Lines({ checks: { coverage, coverageReason } }: { checks: Checks }) {
  if (coverage === null)
    return (
      <Fact good="none" value="not measured">
        Changed lines that ran <span className="t3">{coverageReason}</span>
      </Fact>
    );
  const { lines, executed } = coverage;
  return (
    <Fact
      good={executed < lines ? "need" : "none"}
      value={`${formatCount(executed)} of ${formatCount(lines)}`}
    >
      Changed lines that ran in tests <span className="t3">measured by {COUNTED_BY[coverage.method]}</span>
    </Fact>
  );
}
