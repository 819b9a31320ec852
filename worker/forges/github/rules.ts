// GitHub's own rules for one branch: what requires our check there, of which app, and who may act past it.
import { z } from "zod";
import { type BypassActor, CHECK, type RequiringRule, type RulesSeen } from "#lib/forges/holding/schema.ts";
import { Answered, asked, found, type GitHubApi, Silent } from "./api.ts";
import type { Repository } from "./pulls.ts";

const Parameters = z.object({
  required_status_checks: z
    .array(z.object({ context: z.string(), integration_id: z.int().nullish() }))
    .default([]),
});
const Rule = z.object({ type: z.string(), ruleset_id: z.int(), parameters: z.unknown().optional() });
type Rule = z.infer<typeof Rule>;

const Actor = z.object({
  actor_id: z.int().nullish(),
  actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"]),
  bypass_mode: z.enum(["always", "pull_request", "exempt"]).default("always"),
});
const MOST_ACTORS = 200;
/** Left out where whoever asks may not change the ruleset; of a kind that is not known here they are as good as that. */
const Ruleset = z.object({ bypass_actors: z.array(Actor).optional().catch(undefined) });

const Protected = z.object({
  protection: z.object({
    required_status_checks: z
      .object({
        enforcement_level: z.string().optional(),
        checks: z.array(z.object({ context: z.string(), app_id: z.int().nullable() })),
      })
      .optional(),
  }),
});

const PAGE = 100;
const MOST_PAGES = 10;

/** Of every ruleset in force, whoever made it: of the repository, its organisation, the enterprise. */
async function rulesOf(api: GitHubApi, at: Repository, branch: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const more = await asked(z.array(Rule), () =>
      api("GET /repos/{owner}/{repo}/rules/branches/{branch}", { ...at, branch, per_page: PAGE, page }),
    );
    rules.push(...more);
    if (more.length < PAGE) break;
  }
  return rules;
}

async function bypassOf(api: GitHubApi, at: Repository, ruleset_id: number): Promise<BypassActor[] | null> {
  const ruleset = await found(Ruleset, () =>
    api("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", { ...at, ruleset_id }),
  ).catch((error: unknown) => {
    if (error instanceof Answered && error.status === 403) return null;
    throw error;
  });
  return (
    ruleset?.bypass_actors?.slice(0, MOST_ACTORS).map(({ actor_id, actor_type, bypass_mode }) => ({
      ...{ type: actor_type, id: actor_id ?? null, mode: bypass_mode },
    })) ?? null
  );
}

function checksOf(parameters: unknown) {
  const { success, data } = Parameters.safeParse(parameters ?? {});
  if (!success) throw new Silent("GitHub's answer was not as its API has it.");
  return data.required_status_checks;
}

async function requiring(api: GitHubApi, at: Repository, rules: readonly Rule[]): Promise<RequiringRule[]> {
  const wanted = rules.flatMap(({ type, ruleset_id: id, parameters }) =>
    type === "required_status_checks"
      ? checksOf(parameters)
          .filter(({ context }) => context === CHECK)
          .map(({ integration_id: app }) => ({ id, app: app ?? null }))
      : [],
  );
  const known = new Map<number, BypassActor[] | null>();
  for (const { id } of wanted) if (!known.has(id)) known.set(id, await bypassOf(api, at, id));
  return wanted.map(({ id, app }) => ({ kind: "ruleset", id, app, bypass: known.get(id) ?? null }));
}

/** The older protection of one branch. Where it does not hold administrators to it, they are who may act past it. */
async function olderKind(api: GitHubApi, at: Repository, branch: string): Promise<RequiringRule[]> {
  const read = await found(Protected, () =>
    api("GET /repos/{owner}/{repo}/branches/{branch}", { ...at, branch }),
  );
  const checks = read?.protection.required_status_checks;
  const level = checks?.enforcement_level ?? "off";
  if (!checks || level === "off") return [];
  const bypass: BypassActor[] =
    level === "everyone" ? [] : [{ type: "Administrator", id: null, mode: "always" }];
  return checks.checks
    .filter(({ context }) => context === CHECK)
    .map(({ app_id: app }) => ({ kind: "protection", id: null, app, bypass }));
}

const PULLS_ONLY = ["pull_request", "update", "merge_queue"];
const NO_LEAVE = [401, 403, 404];
const wantPulls = (rules: readonly Rule[]): boolean => rules.some(({ type }) => PULLS_ONLY.includes(type));

/** Whether a rule wants a pull request for whatever goes to the branch; false where the rules may not be read. */
export async function takesPullsOnly(api: GitHubApi, at: Repository, branch: string): Promise<boolean> {
  try {
    return wantPulls(await rulesOf(api, at, branch));
  } catch (error) {
    if (error instanceof Answered && NO_LEAVE.includes(error.status)) return false;
    throw error;
  }
}

/** Null where GitHub does not let the credential read them. Throws Silent where it does not answer. */
export async function readRules(
  api: GitHubApi,
  at: Repository,
  { branch, app }: { readonly branch: string; readonly app: number | null },
): Promise<RulesSeen | null> {
  try {
    const rules = await rulesOf(api, at, branch);
    const required = [...(await requiring(api, at, rules)), ...(await olderKind(api, at, branch))];
    return { branch, app, rules: required.slice(0, 100), pullsOnly: wantPulls(rules) };
  } catch (error) {
    if (error instanceof Answered && NO_LEAVE.includes(error.status)) return null;
    throw error;
  }
}
