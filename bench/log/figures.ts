// What `bench:log` prints: a figure of ours, what the machine can do at best in the same run, and the goal.

export type Unit = "rows/s" | "ms" | "MB" | "×";

export interface Goal {
  readonly kind: "at_least" | "at_most";
  readonly bound: number;
  /** `ratio`: ours divided by the floor. */
  readonly of: "ours" | "ratio";
}

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly floor: number | null;
  /** Null: shown to explain another figure. */
  readonly goal: Goal | null;
}

export const atLeast = (bound: number, of: Goal["of"]): Goal => ({ kind: "at_least", bound, of });
export const atMost = (bound: number, of: Goal["of"]): Goal => ({ kind: "at_most", bound, of });

export function ratioOf({ name, ours, floor }: Figure): number {
  if (floor === null) throw new Error(`“${name}” has no floor to be compared with.`);
  return ours / floor;
}

export function isMet(figure: Figure): boolean {
  const { goal } = figure;
  if (goal === null) return true;
  const judged = goal.of === "ours" ? figure.ours : ratioOf(figure);
  return goal.kind === "at_least" ? judged >= goal.bound : judged <= goal.bound;
}

/** Three digits are more than a loaded machine is good for. */
function amount(value: number, unit: Unit): string {
  if (unit === "rows/s") return value.toFixed(0);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function goalText({ unit, goal }: Figure): string {
  if (goal === null) return "";
  const sign = goal.kind === "at_least" ? "≥" : "≤";
  return goal.of === "ours" ? `goal ${sign} ${goal.bound} ${unit}` : `goal ${sign} ${goal.bound} × floor`;
}

const NAME_WIDTH = 66;

export function figureText(figure: Figure): string {
  const { name, unit, ours, floor, goal } = figure;
  const columns = [
    name.padEnd(NAME_WIDTH),
    `${amount(ours, unit)} ${unit}`.padStart(14),
    (floor === null ? "" : `${amount(floor, unit)} ${unit}`).padStart(14),
    (floor === null ? "" : ratioOf(figure).toFixed(2)).padStart(6),
    goalText(figure).padEnd(20),
    goal === null ? "" : isMet(figure) ? "MET" : "MISSED",
  ];
  return columns.join("  ").trimEnd();
}

export function figuresText(facts: readonly string[], figures: readonly Figure[]): string {
  const heads = ["ours".padStart(14), "floor".padStart(14), "ratio".padStart(6)];
  return [...facts, "", ["".padEnd(NAME_WIDTH), ...heads].join("  "), ...figures.map(figureText)].join("\n");
}

export const missedFigures = (figures: readonly Figure[]): string[] =>
  figures.filter((figure) => !isMet(figure)).map(({ name }) => name);
