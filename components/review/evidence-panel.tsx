import { Check, CircleOff, Minus, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import type { ClaimsView } from "#lib/claims/schema.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import type { PatchFlag } from "#lib/patches/schema.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import { ClaimsPanel } from "../claims/claims-panel.tsx";
import { plural, shortHash } from "../format.ts";
import { TestList } from "../run/test-list.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import { EvidenceMatrix } from "./evidence-matrix.tsx";
import { Installed } from "./installed.tsx";

export interface EvidencePanelProps {
  readonly runId: string;
  readonly evidence: EvidenceView | null;
  readonly flags: readonly PatchFlag[];
  readonly summary: Summary | null;
  readonly claims: ClaimsView | null;
}

/** What the harness saw, what the agent says, and what none of it proves. */
export function EvidencePanel({ runId, evidence, flags, summary, claims }: EvidencePanelProps) {
  return (
    <aside className="evp" aria-label="Evidence">
      {evidence ? <Observed evidence={evidence} /> : <NoEvidence />}
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

function Observed({ evidence: { document, digest, runnerName } }: { evidence: EvidenceView }) {
  const { judgement, environment, sameHost } = document;
  return (
    <section>
      <h2 className="h2">
        Evidence <Badge noun="evidence" status={judgement.verdict} />
      </h2>
      <p className="sm mb-2">
        <Visible text={judgement.sentence} mode="block" />
      </p>
      <EvidenceMatrix matrix={judgement.matrix} known={judgement.stillFailing.length} />
      <TestFact good="good" tests={judgement.repaired} title="Repaired" />
      <TestFact good="bad" tests={judgement.notRepaired} title="Said to be repaired, not seen repaired" />
      <TestFact good="bad" tests={judgement.newlyFailing} title="Newly failing" />
      <TestFact good="bad" tests={judgement.noLongerRun} title="No longer run" />
      <TestFact good="need" tests={judgement.newlyUnsteady} title="Newly unsteady" />
      <TestFact good="need" tests={judgement.removed} title="Removed from the suite" />
      <TestFact good="none" tests={judgement.stillFailing} title="Still failing" />
      <TestFact good="none" tests={judgement.flakyOnBase} title="Flaky on the base" />
      <TestFact good="none" tests={judgement.added} title="Added to the suite" />
      <p className="t3 xs mt-1.5">
        Observed by runner {runnerName}
        {sameHost ? ", on the author's host" : ", not the author's host"}; {environment.tier} tier; Node{" "}
        {environment.node}; evidence{" "}
        <CopyId id={digest} what="evidence digest" shown={`${shortHash(digest)}…`} />
      </p>
      {document.setup ? <Installed setup={document.setup} /> : null}
    </section>
  );
}

const FACE = {
  good: { icon: Check, tone: "good" },
  bad: { icon: X, tone: "bad" },
  need: { icon: TriangleAlert, tone: "need" },
  none: { icon: Minus, tone: "t3" },
} as const;

/** A list of tests by its size; the names unfold. Nothing to say, nothing shown. */
function TestFact({
  good,
  title,
  tests,
}: {
  good: keyof typeof FACE;
  title: string;
  tests: readonly string[];
}) {
  if (tests.length === 0) return null;
  const { icon, tone } = FACE[good];
  return (
    <details className="fold">
      <summary className="fact">
        <Icon of={icon} className={tone} />
        <span>{title}</span>
        <span className="num">{plural(tests.length, "test")}</span>
      </summary>
      <TestList tests={tests} />
    </details>
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

function Fact({ good, children }: { good: keyof typeof FACE; children: ReactNode }) {
  const { icon, tone } = FACE[good];
  return (
    <div className="fact two">
      <Icon of={icon} className={tone} />
      <span className="tw">{children}</span>
    </div>
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
