// What a report says of the planted tests. They are taken out of it: nobody else sees a test that was never there.
import type { CanarySeen } from "#lib/protocol/checks.ts";
import type { Outcome, Report } from "#lib/test-reports/report.ts";
import { ID_SEPARATOR } from "#lib/test-reports/test-ids.ts";
import { beginningsOf } from "../frameworks/beginnings.ts";
import { reportedIn } from "../frameworks/registry.ts";
import type { PlantedFile, Planting } from "./plant.ts";

const MOST_NAMED = 200;

export interface CanaryReading {
  /** The report without what was planted. */
  readonly report: Report;
  readonly canary: CanarySeen;
  /** Files all of whose canaries were reported failed. */
  readonly sound: readonly string[];
  /** Files of which a canary was not: reported otherwise, or not at all although tests of the file passed. */
  readonly silent: readonly string[];
  /** Name of a planted test → what stands before it where it was reported. */
  readonly places: ReadonlyMap<string, string>;
}

export function readCanaries({ cases }: Report, { token, files }: Planting): CanaryReading {
  const outcomes = new Map<string, Outcome[]>();
  const places = new Map<string, string>();
  for (const { id, outcome } of cases) {
    if (!id.includes(token)) continue;
    const name = nameIn(id);
    places.set(name, id.slice(0, Math.max(0, id.lastIndexOf(ID_SEPARATOR))));
    outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
  }
  const others = cases.filter(({ id }) => !id.includes(token));
  const isTested = testedIn(others.filter(({ outcome }) => outcome === "passed").map(({ id }) => id));
  const [sound, silent]: [string[], string[]] = [[], []];
  let [ran, planted, failed] = [0, 0, 0];
  for (const file of files) {
    const how = file.names.map((name) => stateOf(outcomes.get(name)));
    const isThere = how.some((each) => each !== "absent") || isTested(file);
    if (!isThere) continue;
    const good = how.filter((each) => each === "failed").length;
    ran += 1;
    planted += how.length;
    failed += good;
    (good === how.length ? sound : silent).push(file.path);
  }
  const canary = { files: ran, planted, failed, silent: silent.slice(0, MOST_NAMED) };
  return { report: { cases: others }, canary, sound, silent, places };
}

/** A test that stands in several reports of one run counts as failed when it failed in each. */
function stateOf(outcomes: readonly Outcome[] | undefined): Outcome | "absent" {
  if (outcomes === undefined) return "absent";
  return outcomes.find((outcome) => outcome !== "failed") ?? "failed";
}

/** Whether a test that passed is of a file. */
function testedIn(passed: readonly string[]): (file: PlantedFile) => boolean {
  const isReported = reportedIn(passed);
  const begins = beginningsOf(passed);
  return ({ framework, path, places = [] }) =>
    isReported(framework, path) || places.some((place) => place !== "" && begins(`${place}${ID_SEPARATOR}`));
}

/** The last part of an id, without the number of a second one of its name and without a method's parentheses. */
const nameIn = (id: string): string =>
  (id.split(ID_SEPARATOR).at(-1) ?? id).replace(/ #\d+$/, "").replace(/\(\)$/, "");
