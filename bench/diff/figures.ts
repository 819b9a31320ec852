// What is measured of one way to show a patch, what is asked of ours, and the table that says both. Pure.

export interface Figures {
  /** Navigation to the first painted line, milliseconds. */
  readonly firstHunk: number;
  /** 98th percentile of what keys and presses took until the next frame, milliseconds, at a quarter of the processor. */
  readonly inp: number;
  readonly interactions: number;
  /** Milliseconds of the page's own thread for one window further, all that it draws later included, not slowed down. */
  readonly work: number;
  readonly nodes: number;
  /** Bytes of the page's heap, buffers included, after a collection. The search's worker holds the text once more. */
  readonly heap: number;
  /** A search over the whole patch until its count stands there, milliseconds; null where there is none of its own. */
  readonly find: number | null;
}

/** A sentence where it did not come to figures. */
export type Outcome = Figures | string;

export interface Goals {
  readonly firstHunk?: number;
  readonly inp?: number;
  readonly nodes?: number;
  readonly heap?: number;
  readonly find?: number;
}

export interface Row {
  readonly who: string;
  readonly lines: string;
  readonly outcome: Outcome;
  readonly goals: Goals;
}

const MB = 1_000_000;

export function missedGoals({ outcome, goals, who, lines }: Row): string[] {
  const name = `${who}, ${lines} lines`;
  if (typeof outcome === "string") return Object.keys(goals).length > 0 ? [`${name}: ${outcome}`] : [];
  const measured = {
    ...{ firstHunk: outcome.firstHunk, inp: outcome.inp, nodes: outcome.nodes },
    ...{ heap: outcome.heap / MB, find: outcome.find ?? Number.POSITIVE_INFINITY },
  };
  return (Object.keys(goals) as (keyof Goals)[])
    .filter((goal) => measured[goal] > (goals[goal] ?? Number.POSITIVE_INFINITY))
    .map((goal) => `${name}: ${goal} ${Math.round(measured[goal])} > ${goals[goal]}`);
}

const times = (theirs: number, ours: number): string => (ours > 0 ? `${(theirs / ours).toFixed(1)}×` : "–");

/** One line each; of the others how many times ours they are. */
export function tableText(rows: readonly Row[]): string {
  const heading =
    "lines      who          first hunk ms      INP p98 ms       ms a window        DOM nodes          heap MB    find ms";
  const body = rows.map(({ who, lines, outcome }) => {
    const ours = rows.find((row) => row.lines === lines && row.who === "ours")?.outcome;
    const begin = `${lines.padEnd(10)} ${who.padEnd(10)}`;
    if (typeof outcome === "string") return `${begin} ${outcome}`;
    const cell = (value: number, own: number | undefined) =>
      `${Math.round(value).toString().padStart(9)} ${(who === "ours" || own === undefined ? "" : times(value, own)).padStart(7)}`;
    const base = typeof ours === "object" ? ours : undefined;
    return [
      begin,
      cell(outcome.firstHunk, base?.firstHunk),
      cell(outcome.inp, base?.inp),
      cell(outcome.work, base?.work),
      cell(outcome.nodes, base?.nodes),
      cell(outcome.heap / MB, base && base.heap / MB),
      outcome.find === null ? "         –" : Math.round(outcome.find).toString().padStart(10),
    ].join(" ");
  });
  return [heading, ...body].join("\n");
}

/** Nearest rank; 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
