import { Check, Package, Scale, TriangleAlert } from "lucide-react";
import type { ChangesView } from "#lib/changes/rules.ts";
import { plural } from "../../format.ts";
import { Remark } from "../../ui/badge.tsx";
import { DependencyChanges } from "./dependency-changes.tsx";
import { LicenceChanges } from "./licence-changes.tsx";
import { TestChanges } from "./test-changes.tsx";

export interface ChangesPanelProps {
  readonly runId: string;
  readonly changes: ChangesView | "not_read" | "taken_away";
}

/** What was read in the patch's files: first on the page, before its diff. */
export function ChangesPanel({ runId, changes }: ChangesPanelProps) {
  if (typeof changes === "string")
    return (
      <p className="chg none sm t3">
        {changes === "not_read"
          ? "This patch is from before its files were read for what they do to tests and dependencies."
          : "What was read in the patch's files was taken away with its diff."}
      </p>
    );
  const toCheck = changes.tests.filter(({ severity }) => severity !== "low").length;
  const graveNotes = changes.notes.filter(({ severity }) => severity !== "low").length;
  const hasPackages = changes.packages.length + changes.notes.length > 0;
  return (
    <details className="chg" open={toCheck + graveNotes > 0}>
      <summary>
        <h2 className="h2">Test integrity</h2>
        {toCheck > 0 ? (
          <Remark tone="need" icon={TriangleAlert}>
            {plural(toCheck, "change holds the patch to less", "changes hold the patch to less")}
          </Remark>
        ) : (
          <Remark tone="good" icon={Check}>
            {changes.tests.length > 0 ? "Nothing weakened" : "No test is weakened"}
          </Remark>
        )}
        {hasPackages ? (
          <Remark tone={graveNotes > 0 ? "need" : "wait"} icon={Package}>
            {plural(
              changes.packages.length + changes.packagesLeft,
              "dependency changes",
              "dependencies change",
            )}
            {graveNotes > 0 ? `, ${graveNotes} to check` : ""}
          </Remark>
        ) : null}
        {changes.headers.length > 0 ? (
          <Remark tone="wait" icon={Scale}>
            {plural(changes.headers.length, "licence line")}
          </Remark>
        ) : null}
      </summary>
      <div className="cb">
        <TestChanges runId={runId} tests={changes.tests} left={changes.testsLeft} />
        {hasPackages ? <DependencyChanges {...changes} /> : null}
        {changes.headers.length > 0 ? <LicenceChanges runId={runId} {...changes} /> : null}
      </div>
    </details>
  );
}
