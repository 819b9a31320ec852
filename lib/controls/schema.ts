import { z } from "zod";

export const ControlId = z.enum([
  "sandbox_egress",
  "gateway_token",
  "runner_revoked",
  "session_dead",
  "merge_unapproved",
  "log_append_only",
  "change_without_entry",
  "log_edited",
  "log_signed",
  "witness_age",
  "secret_masked",
  "stop_drilled",
  "backup_age",
]);
export type ControlId = z.infer<typeof ControlId>;

/** Of one attempt. `not_run`: it cannot be tried on this installation, or could not be tried now. */
export const ProofResult = z.enum(["holds", "failed", "not_run"]);
export type ProofResult = z.infer<typeof ProofResult>;

export interface Proved {
  readonly result: ProofResult;
  /** What was tried and what came of it; words of ours alone. */
  readonly sentence: string;
}

/** What a control showed when it could last be tried. */
export interface LastShown extends Proved {
  readonly result: Exclude<ProofResult, "not_run">;
}

export const Framework = z.enum(["soc2", "iso27001", "pci", "dora", "owasp"]);
export type Framework = z.infer<typeof Framework>;

/** A row of a framework that the proof is evidence towards. */
export interface FrameworkRow {
  readonly framework: Framework;
  readonly row: string;
  readonly title: string;
}

export interface Control {
  readonly id: ControlId;
  readonly title: string;
  /** What is so. */
  readonly sentence: string;
  /** The setting that rules it, or that nothing switches it off. */
  readonly setting: string;
  /** How it is tried. */
  readonly proof: string;
  readonly rows: readonly FrameworkRow[];
}

/** `old`: its last proof is older than it may be. Red like `failed`. */
export type ControlState = "holds" | "failed" | "old" | "not_run" | "never";

export interface ProofView extends Proved {
  readonly testId: string;
  readonly at: Date;
  readonly milliseconds: number;
}

export interface ControlView extends Control {
  readonly state: ControlState;
  /** Of the newest round. */
  readonly last: ProofView | null;
  /** What it showed when it could last be tried; null where it never could. */
  readonly shown: LastShown | null;
  /** When it last held; null where it never did. */
  readonly heldAt: Date | null;
  /** Findings that its failures opened and nobody settled. */
  readonly findings: readonly { readonly id: string; readonly at: Date }[];
}

export interface ControlsView {
  readonly controls: readonly ControlView[];
  /** A round that waits for the worker or runs there. */
  readonly isTesting: boolean;
  readonly testedAt: Date | null;
}

export const ControlFilter = z.object({ framework: Framework.optional() });
export const AskControls = z.strictObject({});
