export const RECIPE_DRIVER = "recipe";

/** A configured worker. The recipe needs no model: it re-runs, groups, bisects and proposes reverts. */
export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  /** Runs it was given, over the pilots the one who looks may see. */
  readonly runs: number;
}
