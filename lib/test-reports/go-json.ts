// Reads what `go test -json` prints: one event a line (cmd/test2json). A package that cannot be built says so in a line of plain
// text, or in an event without a test; it is a failed case named after itself.
import { z } from "zod";
import type { RawCase } from "./junit-dialects.ts";

const text = z.string().max(100_000);
const Event = z.object({
  Action: z.enum([
    "start",
    "run",
    "pause",
    "cont",
    "pass",
    "bench",
    "fail",
    "output",
    "skip",
    "build-output",
    "build-fail",
    "attr",
    "artifacts",
  ]),
  Package: text.optional(),
  Test: text.optional(),
  Output: z.string().optional(),
});
type Event = z.infer<typeof Event>;

const OUTCOMES = { pass: "passed", fail: "failed", skip: "skipped" } as const;
/** Each worse than the one before it. */
const WORSE = ["passed", "skipped", "failed"] as const;
const NOT_BUILT = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/;
const KEPT = 8000;

/** Whether the bytes begin as such a report does. */
export const isGoReport = (text: string): boolean =>
  /^(?:\{"|FAIL\t\S+ \[)/.test(text.slice(0, 300).trimStart());

interface Running {
  readonly test: string;
  output: string;
}

/** What has been read so far. A report is long where it is hostile: nothing here looks through all of it for one line. */
interface Reading {
  readonly cases: RawCase[];
  /** Package → test → what it has said. */
  readonly running: Map<string, Map<string, Running>>;
  /** Package and test → where its result stands. */
  readonly results: Map<string, number>;
  /** Packages of which a test failed. */
  readonly failing: Set<string>;
}

/** Null where a line is neither an event nor what Go says of a package that it cannot build. */
export function readGoReport(report: string): RawCase[] | null {
  const reading: Reading = { cases: [], running: new Map(), results: new Map(), failing: new Set() };
  for (const line of report.split("\n")) {
    if (line.trim() === "" || line === "FAIL") continue;
    const unbuilt = NOT_BUILT.exec(line)?.[1];
    if (unbuilt !== undefined) {
      reading.cases.push(packageFailed(unbuilt, line));
      continue;
    }
    const event = eventIn(line);
    if (event === null) return null;
    take(event, reading);
  }
  // A panic, or an exit in the middle: what had begun did not pass.
  for (const [at, tests] of reading.running)
    for (const { test, output } of tests.values()) put(reading, ended(at, test, "failed", output));
  return reading.cases;
}

function take({ Action, Package: at = "", Test: test, Output = "" }: Event, reading: Reading): void {
  const running = reading.running.get(at) ?? new Map<string, Running>();
  if (test === undefined) {
    // A package fails with its tests; where none of them did, it failed itself.
    if (Action === "fail" && !reading.failing.has(at) && running.size === 0)
      reading.cases.push(packageFailed(at, "The package failed, and none of its tests."));
    return;
  }
  const seen = running.get(test) ?? { test, output: "" };
  if (Action === "run") reading.running.set(at, running.set(test, seen));
  else if (Action === "output") seen.output = (seen.output + Output).slice(-KEPT);
  else if (Action === "pass" || Action === "fail" || Action === "skip") {
    running.delete(test);
    if (Action === "fail") reading.failing.add(at);
    put(reading, ended(at, test, OUTCOMES[Action], seen.output));
  }
}

/**
 * Go has one test of a name in a package. What it says twice of one ran twice, or was printed by what is tested: the worse
 * result counts, for one made up beside the real one repairs nothing.
 */
function put({ cases, results }: Reading, result: RawCase): void {
  const key = `${result.classname}\n${result.name}`;
  const before = results.get(key);
  if (before === undefined) results.set(key, cases.push(result) - 1);
  else if (WORSE.indexOf(result.outcome) > WORSE.indexOf(cases[before]?.outcome ?? "passed"))
    cases[before] = result;
}

const ended = (at: string, name: string, outcome: RawCase["outcome"], output: string): RawCase => ({
  ...{ name, classname: at, file: null, suites: [at], outcome },
  failure: outcome === "failed" ? { type: "", message: saidIn(output), detail: output } : null,
});

const packageFailed = (at: string, detail: string): RawCase => ({
  ...{ name: at, classname: at, file: null, suites: [at], outcome: "failed" },
  failure: { type: "", message: detail, detail },
});

/** What the test itself said, without Go's own lines around it. */
const saidIn = (output: string): string =>
  output
    .split("\n")
    .find((line) => line.trim() !== "" && !/^\s*(?:===|---)/.test(line))
    ?.trim() ?? "failed";

function eventIn(line: string): Event | null {
  try {
    const event = Event.safeParse(JSON.parse(line));
    return event.success ? event.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
