// What a gate is about, in the words and facts somebody decides on.
import { plural } from "#components/format.ts";
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import { AmendDocument } from "#lib/charters/schema.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { peopleToMerge, rolesToMerge } from "#lib/merges/rules.ts";
import type { PatchView } from "#lib/patches/schema.ts";
import { findShownPatch } from "#lib/patches/shown-patch.ts";
import { getCharter } from "#lib/pilots/service.ts";
import { replayPilot } from "#lib/replay/service.ts";
import { isBlindTo } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { NetworkDocument } from "#lib/setup/schema.ts";
import { describeArtefact } from "./describe-artefact.ts";
import { describeBlind } from "./describe-blind.ts";
import { describeCommand } from "./describe-command.ts";
import { describeExit } from "./describe-exit.ts";
import { describeGlass } from "./describe-glass.ts";
import { describeRelease } from "./describe-release.ts";
import { describeResume } from "./describe-resume.ts";
import { describeWeek } from "./describe-week.ts";

export type GateDetailData = Omit<GateDetailProps, "decide" | "back">;

const EXPIRY = "Nobody deciding in time counts as denied.";

export async function describeGate(scope: Scope, gate: GateView): Promise<GateDetailData> {
  if (gate.runId !== null && (await isBlindTo(scope, gate.runId))) return describeBlind(gate);
  switch (gate.kind) {
    case "merge":
      return describeMerge(scope, gate);
    case "command":
      return describeCommand(scope, gate);
    case "artefact":
      return describeArtefact(gate, EXPIRY);
    case "network":
      return describeNetwork(gate);
    case "amend":
      return describeAmendment(scope, gate);
    case "break_glass":
      return describeGlass(gate);
    case "release":
      return describeRelease(gate);
    case "activate":
      return describeActivation(scope, gate);
    case "exit_review":
      return describeExit(gate, EXPIRY);
    case "resume":
      return describeResume(gate, EXPIRY);
    case "weekly_review":
      return describeWeek(gate, EXPIRY);
  }
}

async function describeMerge(scope: Scope, gate: GateView): Promise<GateDetailData> {
  const runId = gate.runId ?? "";
  const [patch, [evidence]] = await Promise.all([
    findShownPatch(scope, runId),
    listEvidence(scope, runId).then((evidence) => maskValue(evidence)),
  ]);
  const size = patch
    ? `${plural(patch.files.length, "file")}, +${patch.added} −${patch.removed}`
    : "No patch";
  return {
    gate,
    text: `${size}. Approving moves the branch to a commit with exactly this content. ${EXPIRY}`,
    facts: [...evidenceFacts(evidence), ...policyFacts(patch)],
    more: { title: "Open the review", href: `/reviews/${runId}` },
    digest: patch?.digest ?? gate.digest,
    digestName: "Patch digest",
    approveWord: "Approve",
  };
}

function evidenceFacts(evidence: EvidenceView | undefined): DecisionFact[] {
  if (!evidence)
    return [{ title: "Evidence", text: "Nothing was observed yet.", tone: "need", word: "None" }];
  const { verdict, sentence } = evidence.document.judgement;
  const verified = verdict === "verified";
  return [
    {
      title: "Evidence",
      text: sentence,
      tone: verified ? "good" : "bad",
      word: verified ? "Verified" : "Check",
    },
  ];
}

function policyFacts(patch: PatchView | null): DecisionFact[] {
  const serious = patch?.flags.filter(({ severity }) => severity !== "notice") ?? [];
  const text =
    serious.length === 0
      ? "No test, harness, protected or dependency file is touched."
      : serious.map(({ sentence }) => sentence).join(" ");
  return [
    {
      title: "Tree policy",
      text,
      tone: serious.length === 0 ? "good" : "need",
      word: serious.length === 0 ? "Nothing" : "Check",
    },
  ];
}

/** What the patch changes of what is installed, and what an approval would let happen. */
function describeNetwork(gate: GateView): GateDetailData {
  const { manifests, count, setup } = NetworkDocument.parse(JSON.parse(gate.document));
  const more = count > manifests.length ? ` and ${count - manifests.length} more` : "";
  return {
    gate,
    text: `The patch changes what is installed. Approving lets its own manifests be installed for its verification; otherwise it is tested with what the base installs, and the evidence says so. ${EXPIRY}`,
    facts: [
      { title: "Changed", text: `${manifests.join(", ")}${more}`, tone: "need", word: "Read them" },
      { title: "Would run", text: setup.argv.join(" "), tone: "wait", word: "Once" },
      {
        title: "Would reach",
        text: setup.hosts.length === 0 ? "no host" : setup.hosts.join(", "),
        tone: "wait",
        word: "By the charter",
      },
      {
        title: "Scripts of packages",
        text: setup.scripts === "off" ? "asked to stay off" : "run",
        tone: setup.scripts === "off" ? "good" : "need",
        word: setup.scripts === "off" ? "Off" : "On",
      },
    ],
    more: { title: "Read the patch", href: `/reviews/${gate.runId}` },
    digest: gate.digest,
    digestName: "Decision document",
    approveWord: "Let it install",
  };
}

async function describeAmendment(scope: Scope, gate: GateView): Promise<GateDetailData> {
  const { charterVersion, loosens, changes, runs, charter } = AmendDocument.parse(JSON.parse(gate.document));
  const then =
    runs === "stop"
      ? "Runs under way are cancelled then."
      : "Runs under way end under the version they have.";
  return {
    gate,
    text: `Approving puts version ${charterVersion} of the charter in force. ${then} ${EXPIRY}`,
    facts: [
      {
        title: "As a whole",
        text: loosens
          ? "Something of it loosens the charter, or cannot be weighed."
          : "All of it tightens the charter.",
        tone: loosens ? "need" : "good",
        word: loosens ? "Looser" : "Tighter",
      },
    ],
    changes,
    // What is decided stands in the document; a gate that is closed is held against nothing any more.
    replay:
      gate.status === "open" ? await replayPilot(scope, gate.pilotId ?? "", gate.charterId ?? "") : null,
    more: { title: "Read the charter in force", href: `/pilots/${gate.pilotId}?tab=charter` },
    digest: charter,
    digestName: "Charter digest",
    approveWord: "Amend",
  };
}

async function describeActivation(scope: Scope, gate: GateView): Promise<GateDetailData> {
  const charter = await getCharter(scope, gate.charterId ?? "");
  const { goal } = charter.charter;
  return {
    gate,
    text: `${goal.statement} Approving puts version ${charter.version} of the charter in force. ${EXPIRY}`,
    facts: [
      {
        title: "Approvers of a merge",
        text: `${peopleToMerge(charter.charter)} of ${rolesToMerge(charter.charter).join(", ").replaceAll("_", " ")}`,
        tone: "wait",
        word: "Rule",
      },
    ],
    more: { title: "Read the charter", href: `/pilots/${charter.pilotId}?tab=charter` },
    digest: charter.digest,
    digestName: "Charter digest",
    approveWord: "Activate",
  };
}
