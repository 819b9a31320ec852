// What may be taken away, what is left of it, and which copies that reaches.
import { CanaryRule, CoverageSeen, FrameworkName } from "../protocol/checks.ts";
import { SetupSeen } from "../protocol/setup-events.ts";
import { isEnded } from "../runs/rules.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { Copy, RedactionTarget } from "./schema.ts";

/** Stands where a text was. */
export const TAKEN_AWAY = "[taken away]";

/**
 * Fields whose texts are closed words or digests: they say nothing of what was written, and the timeline keeps its
 * shape by them. Numbers and true or false stay for the same reason.
 */
const KEPT = new Set([
  ...["stream", "outcome", "ended", "steadiness", "by", "phase", "tier", "runner", "from", "to", "verdict"],
  ...["type", "status", "origin", "call", "what", "effect", "decision", "why", "blob", "message"],
  ...[
    "digest",
    "commit",
    "culprit",
    "tree",
    "patch",
    "run",
    "baseCommit",
    "report",
    "kind",
    "node",
    "platform",
    "kernel",
  ],
]);
const DIGEST = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const WORD = /^[a-z][a-z_]{0,29}$/;
const ID = /^[a-z]{3}_[0-9a-z]{22}$/;

/** Words of ours under names that elsewhere hold anybody's. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  name: FrameworkName.options,
  method: CoverageSeen.shape.method.options,
  canaryRule: CanaryRule.options,
};

/** Digests and numbers, and nothing else. */
const WhatSetupLeft = SetupSeen.strict();

const isKept = (key: string, text: string) =>
  (KEPT.has(key) && (DIGEST.test(text) || WORD.test(text) || ID.test(text))) ||
  (Object.hasOwn(OURS, key) && OURS[key]?.includes(text) === true);

/** The value without its texts. A list of texts becomes one. Nothing is added to what has none. */
export function withoutTexts(value: unknown, key = ""): unknown {
  if (typeof value === "string") return value === "" || isKept(key, value) ? value : TAKEN_AWAY;
  if (Array.isArray(value)) {
    const isTexts = value.length > 0 && value.every((item) => typeof item === "string");
    return isTexts ? [TAKEN_AWAY] : value.map((item) => withoutTexts(item, key));
  }
  if (typeof value !== "object" || value === null) return value;
  if (WhatSetupLeft.safeParse(value).success) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutTexts(item, name)]));
}

/** What is left of an event's body. */
export const redactedBody = (body: unknown): Record<string, unknown> => {
  const left = withoutTexts(body) as Record<string, unknown>;
  // The digest of what was asked is not salted: of a short command it would be a hint.
  const isAsk = Object.hasOwn(left, "ask") && Object.hasOwn(left, "digest");
  return { ...left, ...(isAsk ? { digest: NO_DIGEST } : {}), redacted: true };
};

const NO_DIGEST = "0".repeat(64);

export interface RedactionFacts {
  readonly status: RunStatus;
  /** An open merge gate, or a merge that is not settled. */
  readonly isDeciding: boolean;
  readonly holdReason: string | null;
  readonly launchedBy: string;
  /** `system:retention` launches nothing. */
  readonly orderedBy: string;
}

/** Null when it may be ordered now, else the sentence that says why not. */
export function refusalToRedact(facts: RedactionFacts, kind: RedactionTarget["kind"]): string | null {
  if (facts.holdReason !== null)
    return `A legal hold is on this pilot (“${facts.holdReason}”). Nothing of its runs can be taken away until it is lifted.`;
  if (facts.orderedBy === facts.launchedBy)
    return "You launched this run. Somebody else has to take its payloads away.";
  if (facts.isDeciding)
    return "A merge of this run is being decided. What the decision rests on stays until the gate is decided and no merge is under way; then this can be ordered.";
  if (kind === "events") return null;
  if (!isEnded(facts.status))
    return `The run is ${facts.status.replaceAll("_", " ")}. Everything of it can be taken away once it has ended; single events whenever no merge of it is being decided.`;
  return null;
}

type CopyText = Omit<Copy, "reached">;

const EVENTS: CopyText = {
  name: "events",
  title: "Events of the run",
  text: "Texts are replaced, the salt is deleted. Number, time, kind and the commitment stay, so the log still verifies.",
};
const SEARCH: CopyText = {
  name: "search",
  title: "Search index",
  text: "The words of these events are removed.",
};
const FINDINGS: CopyText = {
  name: "findings",
  title: "Findings of the run",
  text: "What was kept as evidence is deleted with its salt; the findings, their commitments and decisions stay.",
};
const MODEL_CALLS: CopyText = {
  name: "model_calls",
  title: "Requests to models and their answers",
  text: "Bytes, salts and the lengths of their pieces are deleted; tokens, cost and the commitments stay.",
};
const MODEL_CALLS_STAY: CopyText = {
  name: "model_calls",
  title: "Requests to models and their answers",
  text: "Single events are taken away; the same text stands in the calls it was sent or received in. Once the run has ended, all of it can be taken away.",
};
const OF_ALL: readonly CopyText[] = [
  {
    name: "blobs",
    title: "Bundle, snapshots, artefacts, patch, diff and manifest",
    text: "Files and salts are deleted; the commitments stay.",
  },
  {
    name: "evidence",
    title: "Evidence, and checks reported from outside",
    text: "Names of tests, problems, commands and addresses are replaced, the checks' salts deleted; numbers, verdicts, names of checks and digests stay.",
  },
  {
    name: "run_texts",
    title:
      "Summary, end reason, the agent's task, messages to it, comments on its patches, what it asked and file names of patch and artefacts",
    text: "Replaced; the salts of task, messages, comments and asks are deleted. What people wrote when they decided stays.",
  },
  {
    name: "mirror",
    title: "Git objects of refused merges",
    text: "What no branch holds is removed from the mirror.",
  },
];

const NOT_REACHED: readonly CopyText[] = [
  {
    name: "gate_documents",
    title: "Documents of gates",
    text: "Approvals are bound to their bytes, so names of tests, files and problems stay in them, and so does what people wrote.",
  },
  {
    name: "backups",
    title: "Backups of database and files",
    text: "Every backup made before keeps them. Let it expire, or delete it.",
  },
  {
    name: "write_ahead_log",
    title: "Write-ahead log, replicas, row versions not yet vacuumed",
    text: "Postgres keeps the old rows there until it reuses the space.",
  },
  {
    name: "disk_blocks",
    title: "Freed blocks of the disks",
    text: "A deleted file's bytes stay until they are overwritten; an encrypted volume guards against that.",
  },
  {
    name: "runner_spools",
    title: "Spools and leftovers on runner hosts",
    text: "A runner removes its own when it has delivered them; a host that was lost may still hold some.",
  },
  {
    name: "downloads",
    title: "Downloads: exports, dossiers, proofs, open browser pages",
    text: "What somebody has taken away already is theirs.",
  },
];
/** For a deployment whose models somebody else runs. */
const PROVIDERS: CopyText = {
  name: "model_providers",
  title: "Providers of models",
  text: "What was sent to one is there for as long as its contract says. Nothing here reaches it.",
};
const PUBLISHED: readonly CopyText[] = [
  {
    name: "published_commit",
    title: "The merged commit",
    text: "It is part of the published history, in the mirror and wherever that was fetched. Only rewriting history removes it.",
  },
  {
    name: "upstream",
    title: "Upstream repository and its forks",
    text: "Pilothouse never rewrites a branch it published to.",
  },
];

export interface CopyFacts {
  readonly kind: RedactionTarget["kind"];
  /** A commit of this run was published. */
  readonly isMerged: boolean;
}

/** Every place a payload may lie, those that are reached first. */
export function copiesOf({ kind, isMerged }: CopyFacts): Copy[] {
  const ofEvents = kind === "events" ? [EVENTS, SEARCH, FINDINGS] : [EVENTS, SEARCH, FINDINGS, MODEL_CALLS];
  const reached = kind === "all" ? [...ofEvents, ...OF_ALL] : ofEvents;
  const elsewhere: CopyText[] =
    kind === "all"
      ? []
      : [
          ...(kind === "events" ? [MODEL_CALLS_STAY] : []),
          {
            name: "other_payloads",
            title: "Bundle, snapshots, patch, evidence, summary, task, messages and asks",
            text: "Only what the agent said and did is taken away; the same text may stand there as well.",
          },
        ];
  const left = [...elsewhere, ...(isMerged ? PUBLISHED : []), ...NOT_REACHED, PROVIDERS];
  return [
    ...reached.map((copy) => ({ ...copy, reached: true })),
    ...left.map((copy) => ({ ...copy, reached: false })),
  ];
}
