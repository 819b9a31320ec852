// One hostile branch, and what the product has to make of it.
import type { findChanges } from "#lib/changes/service.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import type { Verdict } from "#lib/evidence/rules.ts";
import type { FindingView } from "#lib/findings/schema.ts";
import type { PatchView } from "#lib/patches/schema.ts";
import type { ShownDiff } from "#lib/patches/shown-patch.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import type { FileTree } from "#lib/testing/git/author.ts";
import type { Source } from "#lib/testing/git/story.ts";
import type { GitHubServer } from "#lib/testing/github/github-server.ts";
import type { World } from "./world.ts";

/** `blocked`: no patch, and the reason is named. `extra_approver`: one person is not enough. `shown`: it survives, as what it is. */
export type Expected = "blocked" | "extra_approver" | "shown";

/** What the agent has: its clone of the base, in which it may make anything. */
export interface Agent {
  readonly work: string;
  readonly base: string;
  /** A shell command that leaves a file on the host, were it run there. */
  readonly canary: string;
  /** A secret of the repository's owners, which the agent got hold of. */
  readonly secret: string;
  /** The owners' repository, which somebody hostile can write to as well. */
  readonly upstream: string;
  /** A folder of the host that everybody may write. */
  readonly open: string;
  /** A file of the host that nobody here may read out. */
  readonly secretFile: string;
  /** A new path for a file that is no part of the clone. */
  fresh(name: string): string;
}

/** The commit that the agent's runner bundles, or the bundle itself where the runner is the agent's too. */
export type Branch = string | { readonly bundle: string; readonly head: string | null };

/** What is done while the product is at it, by whom nothing stops. */
export interface Meanwhile {
  readonly world: World;
  readonly source: Source;
  readonly runId: string;
  readonly agent: Agent;
}

/** What became of a branch. */
export interface Seen {
  readonly source: Source;
  readonly runId: string;
  /** The agent's last commit; null where it handed in bytes of its own. */
  readonly head: string | null;
  /** Its clone. */
  readonly agentWork: string;
  readonly milliseconds: number;
  readonly status: string;
  /** Why the run ended or is in review as it is; empty where nothing is to say. */
  readonly reason: string;
  readonly findings: readonly FindingView[];
  readonly events: readonly unknown[];
  /** As the review's page gets them; null where there is no patch. */
  readonly patch: PatchView | null;
  readonly diff: ShownDiff | null;
  readonly changes: Awaited<ReturnType<typeof findChanges>> | null;
  readonly evidence: EvidenceView | null;
  /** Whether a sandbox ran its tests. */
  readonly ran: boolean;
  /** How many people the gate asked for; null where none was opened. */
  readonly needed: number | null;
  /** Whether one approval was enough. */
  readonly mergedByOne: boolean;
  /** What passed that should not have, while it was at it. */
  readonly passed: readonly string[];
  /** The commit on the branch afterwards. */
  readonly tip: string;
  /** The same, where the run was merged. */
  readonly merged: string | null;
  /** What the forge was told; null where there is none. */
  readonly forge: Pick<GitHubServer, "pulls" | "checks" | "faults"> | null;
}

export interface Attempt {
  /** The line of the threat model it belongs to. */
  readonly id: string;
  readonly name: string;
  readonly expected: Expected;
  /** Rules that must have spoken about it, by their names; or, where it is refused, what the reason must say. */
  readonly by: readonly (string | RegExp)[];
  /** What the evidence has to come to where the harness runs it; `verified` unless said otherwise. */
  readonly verdict?: readonly Verdict[];
  /** It is about what happens when tests run: a sandbox has to run them. */
  readonly runs?: boolean;
  /** What the test command is: the test files alone, or the package's own script. */
  readonly command?: "files" | "script";
  /** Where its repository is merged: by plain git, or on a server that is held to GitHub's description of its API. */
  readonly forge?: "by_pull" | "by_lease";
  /** Files of the base beside the module with the failing test. */
  readonly base?: FileTree;
  readonly charter?: (charter: Charter) => Charter;
  make(agent: Agent): Branch | Promise<Branch>;
  /** Between approval and merge. It is blocked there, though it was a patch before. */
  afterApproval?(meanwhile: Meanwhile): void | Promise<void>;
  /** Once it is handed in. What the product let pass is said, a sentence each. */
  afterHandIn?(meanwhile: Meanwhile): Promise<readonly string[]>;
  /** What is wrong with what was made of it, a sentence each. */
  look?(seen: Seen): readonly string[] | Promise<readonly string[]>;
}
