import { Check, CircleOff, TriangleAlert } from "lucide-react";
import type { ClaimsView } from "#lib/claims/schema.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import type { ChecksView } from "#lib/outside-checks/schema.ts";
import type { PatchFlag } from "#lib/patches/schema.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import { ClaimsPanel } from "../../claims/claims-panel.tsx";
import { plural, shortHash } from "../../format.ts";
import { TestList } from "../../run/test-list.tsx";
import { Badge, Remark } from "../../ui/badge.tsx";
import { CopyId } from "../../ui/copy-id.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Visible } from "../../ui/visible.tsx";
import { Checked } from "./checked.tsx";
import { Fact, Listed } from "./facts.tsx";
import { Installed } from "./installed.tsx";
import { EvidenceMatrix } from "./matrix.tsx";
import { Observers } from "./observers.tsx";
import { Outside } from "./outside.tsx";
import { Signed } from "./signed.tsx";

export interface EvidencePanelProps {
  readonly runId: string;
  readonly evidence: EvidenceView | null;
  readonly flags: readonly PatchFlag[];
  readonly summary: Summary | null;
  readonly claims: ClaimsView | null;
  readonly outside?: ChecksView | null;
}

/** What the harness saw, what the agent says, and what none of it proves. */
export function EvidencePanel({
  runId,
  evidence,
  flags,
  summary,
  claims,
  outside = null,
}: EvidencePanelProps) {
  return (
    <aside className="evp" aria-label="Evidence">
      {evidence ? <Observed runId={runId} evidence={evidence} /> : <NoEvidence />}
      {outside ? <Outside checks={outside} /> : null}
      <Integrity flags={flags} />
      {claims ? <ClaimsPanel runId={runId} claims={claims} /> : null}
      {summary && summary.givenUp.length > 0 ? <GivenUp summary={summary} /> : null}
      {evidence ? <Doubts sentences={evidence.document.judgement.doesNotProve} /> : null}
    </aside>
  );
}

function NoEvidence() {
  return (
    <section>
      <h2 className="h2">Evidence</h2>
      <p className="t3 sm">None. Without evidence nothing can be approved.</p>
    </section>
  );
}

function Observed({ runId, evidence }: { runId: string; evidence: EvidenceView }) {
  const { document, digest, runnerName } = evidence;
  const { judgement, environment, sameHost } = document;
  return (
    <section>
      <h2 className="h2">
        Evidence <Badge noun="evidence" status={judgement.verdict} />
      </h2>
      <p className="sm mb-2">
        <Visible text={judgement.sentence} mode="block" />
      </p>
      {judgement.verdict === "untrustworthy" ? <Untrusted isSeen={document.checks !== undefined} /> : null}
      <EvidenceMatrix
        matrix={judgement.matrix}
        known={judgement.stillFailing.length + (judgement.asBefore?.failing.length ?? 0)}
        isRevert={document.reverts !== undefined}
        isUntrusted={judgement.verdict === "untrustworthy"}
      />
      {judgement.verdict === "untrustworthy" ? (
        <Listed good="none" names={judgement.repaired} title="Pass now, which counts for nothing here" />
      ) : (
        <Listed good="good" names={judgement.repaired} title="Repaired" />
      )}
      <Listed good="bad" names={judgement.notRepaired} title="Said to be repaired, not seen repaired" />
      <Listed good="bad" names={judgement.newlyFailing} title="Newly failing" />
      <Listed good="bad" names={judgement.noLongerRun} title="No longer run" />
      <Listed good="bad" names={judgement.newFailing ?? []} title="New, and fail with the patch" />
      <Listed
        good="none"
        names={judgement.asBefore?.failing ?? []}
        title="Fails again, as before the merge"
      />
      <Listed good="none" names={judgement.asBefore?.gone ?? []} title="Gone again, with the merge" />
      <Listed
        good="none"
        names={judgement.asBefore?.skipped ?? []}
        title="Skipped again, as before the merge"
      />
      <Listed good="need" names={judgement.newlyUnsteady} title="Newly unsteady" />
      <Checked document={document} />
      {judgement.inventory ? null : (
        <>
          <Listed good="need" names={judgement.removed} title="Removed from the suite" />
          <Listed good="none" names={judgement.added} title="Added to the suite" />
        </>
      )}
      <Listed good="none" names={judgement.stillFailing} title="Still failing" />
      <Listed good="none" names={judgement.flakyOnBase} title="Flaky on the base" />
      <p className="t3 xs mt-1.5">
        Observed by runner {runnerName}
        {sameHost ? ", on the author's host" : ", not the author's host"}; {environment.tier} tier; Node{" "}
        {environment.node}; evidence{" "}
        <CopyId id={digest} what="evidence digest" shown={`${shortHash(digest)}…`} />. The patch's code ran in
        the process that was tested: this is no proof that the change is correct.
      </p>
      <p className="t3 xs">
        To see it again on this deployment's host:{" "}
        <CopyId
          id={`npm run evidence:reproduce ${evidence.id}`}
          what="command that verifies again"
          shown={`evidence:reproduce ${evidence.id.slice(0, 10)}…`}
        />
      </p>
      {document.setup ? <Installed setup={document.setup} /> : null}
      <Signed runId={runId} evidence={evidence} />
      <Observers document={document} runnerName={runnerName} />
    </section>
  );
}

/** For whoever reads no further than the numbers, which look well. `isSeen`: the runner tried whether tests can fail. */
function Untrusted({ isSeen }: { isSeen: boolean }) {
  return (
    <p className="sm mb-2">
      <b>The numbers below prove nothing.</b> They are what the tests reported, and that is what cannot be
      relied on.{" "}
      {isSeen
        ? "Reject the patch, or find what in it reaches the tests before you trust any of it."
        : "That says nothing against the patch: what is missing is the runner's to report."}
    </p>
  );
}

function Integrity({ flags }: { flags: readonly PatchFlag[] }) {
  const check = flags.filter(({ severity }) => severity !== "notice");
  return (
    <section>
      <h2 className="h2">
        Test integrity and policy{" "}
        {check.length > 0 ? (
          <Remark tone="need" icon={TriangleAlert} bare={false}>
            {check.length} to check
          </Remark>
        ) : (
          <Remark tone="good" icon={Check}>
            Nothing to check
          </Remark>
        )}
      </h2>
      {flags.length === 0 ? (
        <p className="t3 sm">
          No test, harness, protected or dependency file is touched, no character is hidden.
        </p>
      ) : null}
      {flags.map(({ rule, severity, path, sentence }) => (
        <Fact key={`${rule} ${path}`} good={severity === "notice" ? "none" : "need"}>
          <Visible text={sentence} />
        </Fact>
      ))}
    </section>
  );
}

function GivenUp({ summary: { givenUp } }: { summary: Summary }) {
  return (
    <section>
      <h2 className="h2">
        Given up <span className="t3 sm num font-normal ml-auto">{givenUp.length}</span>
      </h2>
      {givenUp.map(({ tests, culprit, reason }) => (
        <details key={`${culprit} ${tests.join()}`} className="fold" open>
          <summary className="fact">
            <Icon of={CircleOff} className="need" />
            <span className="tw">
              because <Visible text={reason} />
            </span>
            <span className="num">{plural(tests.length, "test")}</span>
          </summary>
          <TestList tests={tests} />
        </details>
      ))}
    </section>
  );
}

function Doubts({ sentences }: { sentences: readonly string[] }) {
  return (
    <section>
      <h2 className="h2">What this does not prove</h2>
      <ul className="doubts t2 sm">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
