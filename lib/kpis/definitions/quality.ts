// Whether what was merged was right: patches, merges, what people said of them.
import type { KpiDefinition } from "./definition.ts";
import { OF_ANYBODY, OF_REPOSITORY, OF_RUNS } from "./definition.ts";

const own = { hasSource: true, connect: null, splits: OF_RUNS } as const;
const none = { hasSource: false, splits: OF_RUNS } as const;

const FINISHED = "of the attempts finished in the window that proposed a patch";
const MATURED = "Merges still inside their 14 days are left out and counted as maturing.";

export const QUALITY = {
  validated_fixes: {
    ...{ title: "Validated fixes", unit: "fixes", better: "more", pair: null },
    definition:
      "Merges of the window with green evidence that for 14 days were neither reverted nor written out of the branch, and of which no check failed.",
    ...{ noun: "merge", statistic: "sum", ...own },
  },
  caught_rate: {
    ...{ title: "Patches caught by verification", unit: "%", better: "less", pair: "throughput" },
    definition: `Patches whose evidence says that they broke, did not repair, or cannot be trusted, ${FINISHED}.`,
    ...{ noun: "patch", statistic: "rate", ...own },
  },
  rejected_rate: {
    ...{ title: "Patches rejected as wrong", unit: "%", better: "less", pair: "throughput" },
    definition: `Patches that a person rejected as wrong, ${FINISHED}.`,
    ...{ noun: "patch", statistic: "rate", ...own },
  },
  escaped_rate: {
    ...{ title: "Patches that escaped", unit: "%", better: "less", pair: "throughput" },
    definition: `Patches that were merged and within 14 days reverted, written out of the branch, or broken by a check, ${FINISHED}. ${MATURED}`,
    ...{ noun: "patch", statistic: "rate", ...own },
  },
  revert_rate: {
    ...{ title: "Merges reverted within 14 days", unit: "%", better: "less", pair: "throughput" },
    definition: `Merges of the window that were reverted, or written out of the branch, within 14 days. ${MATURED}`,
    ...{ noun: "merge", statistic: "rate", ...own, splits: OF_ANYBODY },
  },
  missed_fix_rate: {
    ...{ title: "Clusters that people had to fix", unit: "%", better: "less", pair: "cost_per_fix" },
    definition: "Eligible clusters of failing tests closed by a change of a person, of all that were closed.",
    ...{ noun: "cluster", statistic: "rate", ...none, splits: OF_REPOSITORY },
    connect: "Nothing to connect yet: failing tests are not gathered into clusters across runs.",
  },
  triage_accuracy: {
    ...{ title: "Classifications that stood", unit: "%", better: "more", pair: "missed_fix_rate" },
    definition: "Classifications of clusters that an audit left as they were, of those audited.",
    ...{ noun: "cluster", statistic: "rate", ...none, splits: OF_REPOSITORY },
    connect: "Nothing to connect yet: classifications are not audited here.",
  },
  flaky_rate: {
    ...{ title: "Flaky tests", unit: "%", better: "less", pair: null },
    definition:
      "Tests of the fixed nightly set that failed at least once and not always in its fixed number of repeats. Repeats for a purpose do not count.",
    ...{ noun: "test", statistic: "rate", ...none, splits: OF_REPOSITORY },
    connect: "Nothing to connect yet: no nightly set is repeated here.",
  },
  content_quality: {
    ...{ title: "Quality of documents, mean", unit: "of 5", better: "more", pair: "time_to_content" },
    definition:
      "Mean score of accuracy, completeness and clarity, 1 to 5 each, that reviewers gave documents approved in the window; of several reviewers their mean.",
    ...{ noun: "document", statistic: "mean", hasSource: true, splits: OF_RUNS },
    connect: "Score a document on its run's page once it is approved.",
  },
} as const satisfies Record<string, KpiDefinition>;
