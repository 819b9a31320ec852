// What an agent says in the end, with what stands behind it.

/** A command that a statement rests on, or that says the opposite. */
export interface ClaimCommand {
  /** As the run's events number it. */
  readonly command: number;
  readonly text: string;
  readonly exit: number | null;
  /** Number of the event that says how it ended. */
  readonly seq: number;
}

export type HarnessWord = "agrees" | "disagrees" | "cannot_say";

export interface ClaimView {
  readonly text: string;
  readonly standing: "rests" | "contradicted" | "unverified";
  readonly rests: readonly ClaimCommand[];
  readonly against: readonly ClaimCommand[];
  readonly harness: HarnessWord;
  /** Why the harness says so, in one sentence. */
  readonly because: string;
}

/** The agent's last test run, as the events show it. */
export type LastTest =
  | { readonly state: "none" }
  | { readonly state: "older" | "newer"; readonly run: ClaimCommand };

export interface ClaimsView {
  /** Null for a run of an agent without a model, whose commands are the harness's own. */
  readonly lastTest: LastTest | null;
  readonly claims: readonly ClaimView[];
  /** The agent's summary, word for word. */
  readonly text: string;
}
