// A release, as somebody decides on it: what goes where, what it contains, and what nobody has dealt with.
import { plural } from "#components/format.ts";
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import type { GateView } from "#lib/gates/schema.ts";
import { type ContainedRun, ReleaseDocument } from "#lib/releases/schema.ts";

const SHOWN = 10;

export function describeRelease(gate: GateView): Omit<GateDetailProps, "decide" | "back"> {
  const document = ReleaseDocument.parse(JSON.parse(gate.document));
  const { commit, artifact, environment, contains, containsCount } = document;
  return {
    gate,
    text: `A pipeline asks whether it may deploy to ${environment}. Approving answers it yes for this commit and this artefact alone; nothing is deployed from here. Nobody deciding in time counts as denied.`,
    facts: [
      { title: "Commit", text: commit, tone: "wait", word: "Exactly this" },
      { title: "Artefact", text: `sha256:${artifact}`, tone: "wait", word: "Exactly this" },
      { title: "Environment", text: environment, tone: "need", word: "Deploys" },
      ...containedFacts(contains, containsCount),
      findingsFact(document),
    ],
    more: { title: "All releases", href: `/pilots/${document.pilot}/releases` },
    digest: gate.digest,
    digestName: "Decision document",
    approveWord: "Release",
  };
}

function containedFacts(contains: readonly ContainedRun[], count: number): DecisionFact[] {
  const broken = contains.filter(({ how }) => how === "break_glass").length;
  const shown = contains.slice(0, SHOWN).map((one): DecisionFact => {
    const verdict = one.evidence.at(-1)?.verdict ?? "missing";
    const approvals =
      one.how === "break_glass" ? "without approvals" : plural(one.approvals.length, "approval");
    const isGood = one.how === "merge" && verdict === "verified";
    return {
      title: one.run,
      text: `Patch ${one.patch.slice(0, 12)}, commit ${one.commit.slice(0, 12)}: evidence ${verdict.replaceAll("_", " ")}, ${approvals}.`,
      tone: isGood ? "good" : "bad",
      word: one.how === "break_glass" ? "Broken glass" : verdict === "verified" ? "Verified" : "Check",
    };
  });
  const text =
    count === 0 ? "No patch of a run, by our records." : `${plural(count, "patch", "patches")} of runs.`;
  return [
    {
      ...{
        title: "Contains",
        text: broken === 0 ? text : `${text} Of the newest, ${broken} by broken glass.`,
      },
      ...{ tone: broken === 0 ? "wait" : "bad", word: "Runs" },
    },
    ...shown,
  ];
}

function findingsFact({ findings, findingsCount }: ReleaseDocument): DecisionFact {
  if (findingsCount === 0)
    return { title: "Findings", text: "None of them is open.", tone: "good", word: "None" };
  const rules = [...new Set(findings.map(({ rule }) => rule.replaceAll("_", " ")))]
    .slice(0, SHOWN)
    .join(", ");
  return {
    ...{ title: "Findings", tone: "bad", word: "Open" },
    text: `${plural(findingsCount, "finding")} about these runs that nobody has dealt with: ${rules}.`,
  };
}
