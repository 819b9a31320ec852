// What GitHub's own rules come to: whether anything can reach a branch that we did not check. Pure.
import { DAY } from "../../clock.ts";
import type { BypassActor, DirectPush, HoldSaid, HoldVerdict, RequiringRule, RulesSeen } from "./schema.ts";

export interface Hold {
  readonly verdict: HoldVerdict;
  /** As far as this connection can have it: a rule cannot be bound to a token. */
  readonly held: boolean;
  /** Of the rule that lets the fewest past it; null where that is not known. */
  readonly bypass: readonly BypassActor[] | null;
  readonly push: DirectPush;
}

/** Ours passes the rule by setting the check, and needs no way past it. */
const others = ({ bypass }: RequiringRule, app: number | null): readonly BypassActor[] | null =>
  bypass?.filter(({ type, id }) => type !== "Integration" || id !== app) ?? null;

/** Whoever goes past needs to go past each of them, so the narrowest one counts. */
function narrowest(rules: readonly RequiringRule[], app: number | null): readonly BypassActor[] | null {
  const known = rules.flatMap((rule) => {
    const actors = others(rule, app);
    return actors === null ? [] : [actors];
  });
  return known.toSorted((one, other) => one.length - other.length)[0] ?? null;
}

/** `seen` null: the credential may not read them. */
export function judgeHold(seen: RulesSeen | null): Hold {
  if (seen === null) return { verdict: "unreadable", held: false, bypass: null, push: "unknown" };
  const { rules, app, pullsOnly } = seen;
  if (rules.length === 0)
    return { verdict: "not_held", held: false, bypass: null, push: pullsOnly ? "pulls_only" : "possible" };
  const ours = rules.filter((rule) => app !== null && rule.app === app);
  const loose = rules.filter((rule) => rule.app === null);
  const counted = ours.length > 0 ? ours : loose.length > 0 ? loose : rules;
  const of = { bypass: narrowest(counted, app), push: "refused" } as const;
  if (ours.length === 0)
    return loose.length === 0
      ? { ...of, verdict: "other_app", held: false }
      : { ...of, verdict: "loose", held: app === null };
  if (of.bypass === null) return { ...of, verdict: "bypass_hidden", held: true };
  return { ...of, verdict: of.bypass.length === 0 ? "held" : "bypassed", held: true };
}

/** What was read longer ago says nothing of now. */
export const READ_COUNTS_FOR = DAY;

export const isTooOld = (readAt: Date, now: number): boolean => now - readAt.getTime() > READ_COUNTS_FOR;

export const tooOldSaid = (branch: string): HoldSaid => ({
  tone: "need",
  text: `Whether GitHub holds merges into ${branch} is not known any more: its rules could not be read for a day.`,
});

/** Which of two ways approved commits take to the branch. */
export function waySaid(seen: RulesSeen | null, branch: string): string {
  if (seen === null) return `Which way approved commits take to ${branch} is seen at the next merge.`;
  return seen.pullsOnly
    ? `A rule wants pull requests for ${branch}: approved commits are merged by one under the condition of their own id, and what came of it is compared with what was approved.`
    : `Approved commits are put on ${branch} as they are, and GitHub itself refuses that once the base has moved. Where it refuses for another reason, their pull request is merged and what came of it compared.`;
}

const WORDS: Readonly<Record<BypassActor["type"], readonly [one: string, many: string]>> = {
  Integration: ["app", "apps"],
  OrganizationAdmin: ["the organisation's administrators", "the organisation's administrators"],
  RepositoryRole: ["role of the repository", "roles of the repository"],
  Team: ["team", "teams"],
  DeployKey: ["deploy keys", "deploy keys"],
  User: ["person", "people"],
  Administrator: ["the repository's administrators", "the repository's administrators"],
};
const COUNTED: readonly BypassActor["type"][] = ["Integration", "RepositoryRole", "Team", "User"];

/** `2 teams, deploy keys`. */
export function actorsInWords(actors: readonly BypassActor[]): string {
  const types = [...new Set(actors.map(({ type }) => type))];
  return types
    .map((type) => {
      const many = actors.filter((actor) => actor.type === type).length;
      const [one, more] = WORDS[type];
      return COUNTED.includes(type) ? `${many} ${many === 1 ? one : more}` : one;
    })
    .join(", ");
}

const PUSH: Readonly<Record<DirectPush, string>> = {
  refused: "A push straight to it is refused.",
  pulls_only: "Whoever may write can merge pull requests into it.",
  possible: "Whoever may write can push straight to it.",
  unknown: "Whether a push straight to it is possible is not known either.",
};

function pastIt(actors: readonly BypassActor[]): string {
  const { length } = actors;
  return `${length} ${length === 1 ? "actor" : "actors"} may bypass the rule: ${actorsInWords(actors)}.`;
}

/** One plain verdict for people. */
export function holdSaid(seen: RulesSeen | null, branch: string): HoldSaid {
  const { verdict, bypass, push } = judgeHold(seen);
  const alsoPast = bypass === null || bypass.length === 0 ? "" : ` ${pastIt(bypass)}`;
  switch (verdict) {
    case "held":
      return {
        tone: "good",
        text: `Merges into ${branch} are held by GitHub, and nobody may bypass the rule. ${PUSH[push]}`,
      };
    case "bypassed":
      return { tone: "need", text: `Merges into ${branch} are held by GitHub.${alsoPast}` };
    case "bypass_hidden":
      return {
        tone: "t2",
        text: `Merges into ${branch} are held by GitHub. ${PUSH[push]} Who may bypass the rule is not known: GitHub shows that only to whoever may change it.`,
      };
    case "loose":
      return {
        tone: "need",
        text: `Merges into ${branch} are held loosely: the rule takes pilothouse/merge from anybody who may set a check. ${seen?.app === null ? "Connect an app, and bind the rule to it." : "Bind the rule to the app."}${alsoPast}`,
      };
    case "other_app":
      return {
        tone: "bad",
        text: `The rule on ${branch} wants pilothouse/merge of another app, so nothing approved here can be merged. ${seen?.app === null ? "Connect that app, or bind the rule to no app." : "Bind the rule to the app that is connected."}`,
      };
    case "not_held":
      return {
        tone: "bad",
        text: `Not held: no rule requires pilothouse/merge on ${branch}. ${PUSH[push]}`,
      };
    case "unreadable":
      return {
        tone: "need",
        text: `Whether GitHub holds merges into ${branch} is not known: its rules cannot be read with what it is spoken to with.`,
      };
  }
}
