import { arrangedNotes, dependencySentence, dependencySeverity } from "../dependencies/rules.ts";
import type { DependencyNote, PackageChange } from "../dependencies/schema.ts";
import { judgeLicence } from "../licences/rules.ts";
import type { LicenceHeader, LicenceVerdict } from "../licences/schema.ts";
import { canonicalText } from "../record/rules.ts";
import { arrangedFindings, testFinding } from "../test-integrity/rules.ts";
import type { FindingSeverity, TestFinding } from "../test-integrity/schema.ts";
import { shortenMiddle, visibleText } from "../text/rules.ts";
import { type AnalysisAnswer, type ChangesDocument, MOST_KEPT } from "./schema.ts";

const asFindings = (tests: AnalysisAnswer["tests"]): TestFinding[] =>
  arrangedFindings(tests.map(testFinding));

/** What is kept: the worst first, and how many more there were. */
export function changesDocument({ tests, packages, notes, headers }: AnalysisAnswer): ChangesDocument {
  const kept = asFindings(tests).slice(0, MOST_KEPT);
  return {
    v: 1,
    tests: kept.map(({ severity: _severity, sentence: _sentence, ...sighting }) => sighting),
    testsLeft: tests.length - kept.length,
    packages: packages.slice(0, MOST_KEPT),
    packagesLeft: Math.max(0, packages.length - MOST_KEPT),
    notes: arrangedNotes(notes).slice(0, MOST_KEPT),
    headers: headers.slice(0, MOST_KEPT),
  };
}

/** The bytes that are stored; null where nothing was to be said. */
export const changesText = (document: ChangesDocument): string => canonicalText({ ...document });

/** A note about dependencies with its words. */
export interface DependencyFinding extends DependencyNote {
  readonly severity: FindingSeverity;
  readonly sentence: string;
}

export interface ShownPackage extends PackageChange {
  readonly verdict: LicenceVerdict;
}

export interface ChangesView {
  readonly tests: readonly TestFinding[];
  readonly testsLeft: number;
  readonly packages: readonly ShownPackage[];
  readonly packagesLeft: number;
  readonly notes: readonly DependencyFinding[];
  readonly headers: readonly LicenceHeader[];
  /** The charter's list; empty: every licence is allowed. */
  readonly licences: readonly string[];
}

const VERDICTS: readonly LicenceVerdict[] = ["outside", "unknown", "allowed"];

/** What is outside the charter's list first, then what is not known; then as the lockfile has them. */
function shownPackages(packages: readonly PackageChange[], licences: readonly string[]): ShownPackage[] {
  const judged = packages.map((one) => ({
    ...one,
    verdict: one.change === "removed" ? ("allowed" as const) : judgeLicence(one.licence, licences),
  }));
  return judged.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

/** `licences`: the list of the charter the run stands under. */
export const changesView = (document: ChangesDocument, licences: readonly string[] = []): ChangesView => ({
  tests: asFindings(document.tests),
  testsLeft: document.testsLeft,
  packages: shownPackages(document.packages, licences),
  packagesLeft: document.packagesLeft,
  notes: document.notes.map((note) => ({
    ...note,
    severity: dependencySeverity(note),
    sentence: dependencySentence(note),
  })),
  headers: document.headers,
  licences,
});

/** Named in a decision document: entries hold no more than 64 KiB, and people read no more. */
const MOST_BOUND = 100;

/** `test/a.test.js:12 “adds” lost 1 assertion.` */
const placed = ({ path, base, patch, sentence }: TestFinding): string =>
  `${shortenMiddle(visibleText(path, "line"), 160)}:${(patch ?? base)?.from ?? 1} ${visibleText(sentence, "line")}`;

const line = (text: string): string => visibleText(text, "line");

/** `left-pad 1.0.0 → 1.1.0, licence MIT`; a licence stands here as it was declared. */
const packageLine = ({ name, before, after, licence, verdict }: ShownPackage): string => {
  const versions =
    before === null ? `${after} added` : after === null ? `${before} removed` : `${before} → ${after}`;
  const words = { allowed: "", outside: " (outside the charter's list)", unknown: "" }[verdict];
  return line(`${name} ${versions}, licence ${licence ?? "unknown"}${words}`);
};

/** What is taken over of other people's work, as far as it is known, and what nobody looked for. */
export function ipChecklist({ packages, headers, licences, notes }: ChangesView): string[] {
  const come = packages.filter(({ change }) => change !== "removed");
  const outside = come.filter(({ verdict }) => verdict === "outside").length;
  const unknown = come.filter(({ licence }) => licence === null).length;
  const list =
    licences.length === 0 ? "the charter allows every licence" : `${outside} outside the charter's list`;
  return [
    `Packages added or changed: ${come.length}; ${list}; ${unknown} whose licence the lockfile does not say.`,
    `Licence or copyright lines added, or licence files touched: ${headers.length}.`,
    `Files about packages that were not read: ${notes.filter(({ rule }) => rule === "not_understood").length}.`,
    "Not looked for: text copied without its licence line, licences inside the packages themselves, patents.",
  ];
}

/** As it stands in a decision document. */
export const boundChanges = ({
  commitment,
  view,
}: {
  readonly commitment: string;
  readonly view: ChangesView;
}) => ({
  analysis: commitment,
  tests: view.tests.slice(0, MOST_BOUND).map(placed),
  testsLeft: view.testsLeft + Math.max(0, view.tests.length - MOST_BOUND),
  dependencies: [
    ...view.notes.slice(0, MOST_BOUND).map(({ sentence }) => line(sentence)),
    ...view.packages.slice(0, MOST_BOUND).map(packageLine),
  ],
  dependenciesLeft:
    view.packagesLeft +
    Math.max(0, view.packages.length - MOST_BOUND) +
    Math.max(0, view.notes.length - MOST_BOUND),
  checklist: ipChecklist(view),
});
