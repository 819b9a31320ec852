import type { Scope } from "#lib/scope.ts";
import type { Workplace } from "../workplace.ts";

/** What a canary is given. */
export interface Round {
  readonly testId: string;
  readonly askedAt: Date;
  /** When the worker took it up. */
  readonly begunAt: Date;
  readonly scope: Scope;
  readonly workplace: Pick<Workplace, "env" | "workshop" | "logger">;
}
