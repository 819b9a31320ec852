// What happens outside: CI, deployments, incidents, calls at night.
import type { KpiDefinition } from "./definition.ts";
import { OF_REPOSITORY } from "./definition.ts";

const DEPLOYMENTS = "Send deployments by the API, as CSV, or from GitHub.";
const INCIDENTS =
  "Send deployments, and incidents or the deployments that take others back, by the API, as CSV, or from PagerDuty.";

const deployed = { hasSource: true, splits: ["repositoryId", "author"] } as const;

export const DELIVERY = {
  red_to_green: {
    ...{ title: "Red to green, median", unit: "h", better: "less", pair: "revert_rate" },
    definition:
      "From the first failed run of a CI workflow on the default branch to its next one that passes, by when it turned red. What is still red counts as not over; what was green again before that run had failed was red for no time.",
    ...{ noun: "red stretch", statistic: "median", hasSource: true, splits: OF_REPOSITORY },
    connect: "Send runs of the CI on the default branch by the API, as CSV, or from GitHub.",
  },
  wakeups: {
    ...{ title: "Calls of people on duty per week", unit: "a week", better: "less", pair: null },
    definition:
      "Times somebody on duty was called about tests or releases in the window, divided by its weeks.",
    ...{ noun: "page", statistic: "count_per_week", hasSource: true, splits: OF_REPOSITORY },
    connect: "Send calls of people on duty by the API, as CSV, or from PagerDuty.",
  },
  change_lead_time: {
    ...{ title: "Commit to production, median", unit: "h", better: "less", pair: "failed_deployment_rate" },
    definition:
      "From the commit of a change to the end of the first successful deployment to production that brought it. Of a merge of ours its commit is the merge; of a change by people its first commit, or its opening where that is not known.",
    ...{ noun: "change", statistic: "median", connect: DEPLOYMENTS, ...deployed },
  },
  deployment_frequency: {
    ...{ title: "Deployments per week", unit: "a week", better: "more", pair: "failed_deployment_rate" },
    definition:
      "Successful deployments to production that ended in the window, each id once, divided by its weeks.",
    ...{ noun: "deployment", statistic: "count_per_week", connect: DEPLOYMENTS, ...deployed },
  },
  failed_deployment_rate: {
    ...{ title: "Deployments that failed", unit: "%", better: "less", pair: "deployment_frequency" },
    definition:
      "Successful deployments to production that an incident or a rollback is linked to, of all that ended in the window. Several incidents of one count once.",
    ...{ noun: "deployment", statistic: "rate", connect: INCIDENTS, ...deployed },
  },
  recovery_time: {
    ...{
      title: "Failed deployment to restored, median",
      unit: "h",
      better: "less",
      pair: "deployment_frequency",
    },
    definition:
      "From the detection of a failed deployment to production to its restoration, by when it was detected. What is not restored yet counts as not over.",
    ...{ noun: "deployment", statistic: "median", connect: INCIDENTS, ...deployed },
  },
} as const satisfies Record<string, KpiDefinition>;
