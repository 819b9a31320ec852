import type { GateView } from "#lib/gates/schema.ts";
import type { AskDecider, AskEnd, AskSubject } from "#lib/protocol/steering.ts";

/** Something the agent may not do without a word, as pages show it. */
export interface ShownAsk {
  readonly attempt: number;
  /** As the runner counts, inside its attempt. */
  readonly ask: number;
  readonly what: AskSubject;
  readonly title: string;
  /** What would be done, whole. */
  readonly text: string;
  readonly cwd: string;
  /** The agent's own words; empty where it says nothing. */
  readonly reason: string;
  /** What of the charter made it ask. */
  readonly rule: string;
  readonly unattended: "deny_and_continue" | "park";
  /** When nobody's answer is waited for any longer. */
  readonly until: Date;
  /** The run was put away until somebody decides. */
  readonly parked: boolean;
  /** Null while it is open. */
  readonly settled: {
    readonly decision: AskEnd;
    readonly by: AskDecider;
    /** Of the person who decided. */
    readonly name: string | null;
    /** What the agent was told; empty for nothing. */
    readonly answer: string;
  } | null;
  /** Where it is decided; null for one that nobody was asked. */
  readonly gate: GateView | null;
}

/** For links from the timeline to where it is decided. */
export const askAnchor = ({ attempt, ask }: Pick<ShownAsk, "attempt" | "ask">): string =>
  `ask-${attempt}-${ask}`;
