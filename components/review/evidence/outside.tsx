import type { ChecksView, CheckView } from "#lib/outside-checks/schema.ts";
import { plural } from "../../format.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Visible } from "../../ui/visible.tsx";
import { Fact, type Good, Listed } from "./facts.tsx";

const FACE = { passed: "good", failed: "bad", incomplete: "need" } as const satisfies Record<
  CheckView["verdict"],
  Good
>;
const WORDS = { passed: "passed", failed: "failed", incomplete: "did not end" } as const;

/** What others' programs said. Nothing of it is ours, and nothing of ours changes by it. */
export function Outside({ checks: { reports, missing } }: { checks: ChecksView }) {
  if (reports.length + missing.length === 0) return null;
  return (
    <section aria-label="Reported from outside">
      <h2 className="h2">Reported from outside</h2>
      <p className="t3 sm mb-2">
        Said by programs with a token, of exactly this patch. Nobody here saw it; it is no part of the
        evidence above.
      </p>
      {missing.map((source) => (
        <Fact key={source} good="need">
          <Visible text={source} mode="line" /> is required by the charter and was not reported
        </Fact>
      ))}
      {reports.map((report) => (
        <Reported key={report.id} report={report} />
      ))}
    </section>
  );
}

function Reported({ report }: { report: CheckView }) {
  const { source, verdict, isRequired, isOutdated, reporterName, reportedAt, document } = report;
  const good = isOutdated ? "none" : FACE[verdict];
  return (
    <div className={isOutdated ? "t3" : undefined}>
      <Fact good={good}>
        <Visible text={source} mode="line" /> {WORDS[verdict]}
        {isRequired ? " · required" : ""}
        {isOutdated ? " · reported again since" : ""}
      </Fact>
      {document?.junit ? (
        <>
          <p className="t3 xs">
            Its report: {plural(document.junit.passed, "test")} passed, {document.junit.failed} failed,{" "}
            {document.junit.skipped} skipped
          </p>
          <Listed good="bad" title="It says these failed" names={document.junit.failing} />
        </>
      ) : null}
      <p className="t3 xs">
        By <Visible text={reporterName} mode="line" />, <RelativeTime at={reportedAt.toISOString()} />
        {document?.url ? (
          <>
            ,{" "}
            <a className="link" href={document.url} rel="noopener noreferrer nofollow" target="_blank">
              {document.url}
            </a>
          </>
        ) : null}
        {document === null ? ". What it said was taken away." : null}
      </p>
    </div>
  );
}
