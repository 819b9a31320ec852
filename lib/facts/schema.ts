/** A fact that does not say what the rows it follows from say. */
export interface FactDifference {
  readonly fact: "run" | "gate" | "merge" | "patch" | "finding";
  /** Of the run, gate, merge, patch or finding. */
  readonly id: string;
  readonly what: "missing" | "left_over" | "differs";
}
