// The check that a branch rule of GitHub can require: set for one commit of ours, by us alone. An app sets a check run,
// which a rule can bind to the app; with a token it is a commit status.
import { z } from "zod";
import { CHECK } from "#lib/forges/holding/schema.ts";
import type { ForgeOrder } from "../forge.ts";
import { asked, type GitHubApi } from "./api.ts";
import type { Repository } from "./pulls.ts";

/** The app that sets it, by its client id or number; null where a token is all there is. */
export type Signs = string | null;
export interface Verdict {
  readonly passed: boolean;
  readonly sentence: string;
}

export const APPROVED: Verdict = { passed: true, sentence: "Approved at the merge gate, for this commit." };

const Runs = z.object({
  check_runs: z.array(
    z.object({
      ...{ external_id: z.string().nullable(), conclusion: z.string().nullable() },
      app: z.object({ id: z.int().optional(), client_id: z.string().optional() }).nullable(),
    }),
  ),
});

/** Of a check run of ours; whether the newest of this merge says so already. */
async function isPassed(
  api: GitHubApi,
  at: Repository,
  signs: string,
  { commit, mergeId }: ForgeOrder,
): Promise<boolean> {
  const { check_runs: runs } = await asked(Runs, () =>
    api("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...at,
      ...{ ref: commit, check_name: CHECK, filter: "latest", per_page: 30 },
    }),
  );
  // Every app may write our number down: a rule that is bound to ours counts ours alone.
  const ours = runs.find(
    ({ external_id, app }) =>
      external_id === mergeId && (app?.client_id === signs || String(app?.id) === signs),
  );
  return ours?.conclusion === "success";
}

/** Safe to repeat. */
export async function setCheck(
  api: GitHubApi,
  at: Repository,
  signs: Signs,
  order: ForgeOrder,
  { passed, sentence }: Verdict = APPROVED,
): Promise<void> {
  const { commit, mergeId, url } = order;
  if (signs === null) {
    await asked(z.unknown(), () =>
      api("POST /repos/{owner}/{repo}/statuses/{sha}", {
        ...{ ...at, sha: commit, context: CHECK, state: passed ? "success" : "failure" },
        ...{ description: sentence.slice(0, 140), target_url: url },
      }),
    );
    return;
  }
  const conclusion = passed ? "success" : "failure";
  // Every app may set a check run of this name: one of another's must not keep ours from taking a passed one back.
  if (passed && (await isPassed(api, at, signs, order))) return;
  await asked(z.unknown(), () =>
    api("POST /repos/{owner}/{repo}/check-runs", {
      ...{ ...at, name: CHECK, head_sha: commit, external_id: mergeId, details_url: url },
      ...{ status: "completed", conclusion, output: { title: "Pilothouse", summary: sentence } },
    }),
  );
}
