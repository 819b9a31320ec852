// What a comparison came to, for other programs. Pure.
import { csvOf } from "../text/csv.ts";
import { markdownCell, markdownTable } from "../text/markdown.ts";
import { type Amount, MEASURES, type Pair, type Result, type Results, type Share } from "./results-rules.ts";
import type { ComparisonView } from "./schema.ts";

export interface Line {
  readonly agent: string;
  readonly model: string | null;
  readonly measure: string;
  readonly unit: "share" | "micros" | "milliseconds";
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly hits: number | null;
  readonly n: number;
}

const isShare = (told: Share | Amount): told is Share => "of" in told;

/** Every number of a contestant, a line each. */
export function linesOf({ contestants }: Results): Line[] {
  return contestants.flatMap((result) => {
    const line = (measure: string, unit: Line["unit"], told: Share | Amount): Line => ({
      ...{ agent: result.name, model: result.model, measure, unit },
      value: isShare(told) ? told.share : told.value,
      ...{ low: told.interval?.low ?? null, high: told.interval?.high ?? null },
      ...{ hits: isShare(told) ? told.hits : null, n: isShare(told) ? told.of : told.n },
    });
    return [
      ...MEASURES.map((measure) => line(measure, unitOf(measure), result[measure])),
      ...result.latency.flatMap(({ from, below, firstToken, whole }) => {
        const range = below === null ? `from_${from}` : `${from}_to_${below}`;
        return [
          line(`first_token_input_${range}`, "milliseconds", firstToken),
          line(`whole_call_input_${range}`, "milliseconds", whole),
        ];
      }),
    ];
  });
}

const unitOf = (measure: (typeof MEASURES)[number]): Line["unit"] =>
  measure === "cost" ? "micros" : measure === "time" ? "milliseconds" : "share";

const COLUMNS = ["agent", "model", "measure", "unit", "value", "interval_low", "interval_high", "hits", "n"];

export const resultsCsv = (results: Results): string =>
  csvOf(
    COLUMNS,
    linesOf(results).map(({ agent, model, measure, unit, value, low, high, hits, n }) => [
      ...[agent, model, measure, unit, value, low, high, hits, n],
    ]),
  );

/** What is said of two contestants by one measure. */
export function pairSentence({ better, one, other }: Pair, names: ReadonlyMap<string, string>): string {
  if (better !== null) return `${names.get(better) ?? better} does better`;
  return `cannot tell which is better, ${names.get(one) ?? one} or ${names.get(other) ?? other}`;
}

export const namesOf = (
  contestants: readonly Pick<Result, "agentId" | "name">[],
): ReadonlyMap<string, string> => new Map(contestants.map(({ agentId, name }) => [agentId, name]));

export function resultsMarkdown(comparison: ComparisonView, results: Results): string {
  const names = namesOf(results.contestants);
  const number = (value: number | null) => (value === null ? "–" : String(Number(value.toPrecision(4))));
  return [
    `# ${markdownCell(comparison.title)}`,
    `Pilot ${markdownCell(comparison.pilotName)}, base ${comparison.baseCommit}, charter ${comparison.charterDigest}, state ${comparison.state}.`,
    markdownTable(
      ["Agent", "Model", "Measure", "Unit", "Value", "Low", "High", "Hits", "n"],
      linesOf(results).map(({ agent, model, measure, unit, value, low, high, hits, n }) => [
        ...[agent, model ?? "", measure, unit, number(value), number(low), number(high)],
        ...[hits === null ? "" : String(hits), String(n)],
      ]),
    ),
    markdownTable(
      ["Measure", "Which is better"],
      results.pairs.map((pair) => [pair.measure, pairSentence(pair, names)]),
    ),
    "Human minutes: not connected.",
    "",
  ].join("\n\n");
}
