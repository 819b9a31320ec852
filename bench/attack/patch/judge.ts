// Whether a branch came to what it had to come to.
import type { Verdict } from "#lib/evidence/rules.ts";
import { testFinding } from "#lib/test-integrity/rules.ts";
import type { Attempt, Expected, Seen } from "./attempt.ts";
import { escapesOf } from "./escapes.ts";
import type { World } from "./world.ts";

export interface Outcome {
  readonly id: string;
  readonly name: string;
  readonly expected: Expected;
  /** In a few words. */
  readonly happened: string;
  /** What whoever reviews it reads about it. */
  readonly sentences: readonly string[];
  /** What the evidence came to; null where there was nothing to run. */
  readonly verdict: Verdict | null;
  /** Whether a sandbox ran its tests. */
  readonly ran: boolean;
  /** Milliseconds from handing in to the page of its review. */
  readonly milliseconds: number | null;
  /** Something got through: a sentence each. */
  readonly escapes: readonly string[];
  /** It was stopped or shown otherwise than it has to be. */
  readonly wrong: readonly string[];
}

export const isOk = ({ escapes, wrong }: Outcome): boolean => escapes.length + wrong.length === 0;

const rulesOf = ({ patch, findings, changes }: Seen): Set<string> =>
  new Set([
    ...(patch?.flags ?? []).map(({ rule }) => rule),
    ...findings.map(({ rule }) => rule.id.replace(/^tree_/, "")),
    ...(changes !== null && typeof changes === "object"
      ? [...changes.tests, ...changes.notes].map(({ rule }) => rule)
      : []),
  ]);

const fateOf = ({ patch, needed }: Seen): Expected =>
  patch === null ? "blocked" : needed !== null && needed > 1 ? "extra_approver" : "shown";

function silent({ by }: Attempt, seen: Seen): string[] {
  const rules = rulesOf(seen);
  return by
    .filter((each) => (typeof each === "string" ? !rules.has(each) : !each.test(seen.reason)))
    .map((each) => `nothing says ${typeof each === "string" ? each : each.source}`);
}

function faultsOfFate(attempt: Attempt, seen: Seen): string[] {
  const { expected, verdict = ["verified"] } = attempt;
  if (expected === "blocked" && attempt.afterApproval) {
    return [
      ...(seen.needed === null ? ["it never came before anybody"] : []),
      ...(seen.merged === null ? [] : ["it was merged"]),
    ];
  }
  if (expected === "blocked") {
    return [
      ...(seen.patch === null ? [] : ["it became a patch"]),
      ...(seen.status === "failed" ? [] : [`its run is ${seen.status}`]),
      ...(seen.merged === null ? [] : ["it was merged"]),
    ];
  }
  if (seen.patch === null) return [`it became no patch: ${seen.reason}`];
  const judged = seen.evidence?.document.judgement;
  if (judged === undefined || !verdict.includes(judged.verdict))
    return [`the harness says ${judged?.verdict ?? `nothing; ${seen.reason}`}: ${judged?.sentence ?? ""}`];
  if (judged.verdict !== "verified") {
    return [
      ...(seen.needed === null ? [] : ["a merge gate was opened"]),
      ...(seen.merged === null ? [] : ["it was merged"]),
    ];
  }
  const fate = fateOf(seen);
  return [
    ...(fate === expected ? [] : [`${seen.needed ?? "no"} approvals were asked for`]),
    ...(expected === "extra_approver" && seen.mergedByOne ? ["one approval was enough"] : []),
    ...(seen.merged === null ? [`approved, it was not merged: ${seen.status} ${seen.reason}`] : []),
  ];
}

function sentencesOf({ reason, patch, evidence, changes }: Seen): string[] {
  if (patch === null) return [reason];
  const { sentence = "", doesNotProve = [] } = evidence?.document.judgement ?? {};
  const tests = changes !== null && typeof changes === "object" ? changes.tests.map(testFinding) : [];
  return [
    ...tests.map(({ path, sentence: words }) => `tests: ${path}: ${words}`),
    ...patch.flags.map(({ severity, sentence: words }) => `${severity}: ${words}`),
    `evidence: ${sentence}`,
    ...doesNotProve.map((words) => `does not prove: ${words}`),
  ];
}

const MOST = 110;
const short = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

function wordsOf(attempt: Attempt, seen: Seen): string {
  if (seen.patch === null) return short(seen.reason);
  const rules = [...rulesOf(seen)].filter((rule) => attempt.by.includes(rule));
  const { verdict, sentence } = seen.evidence?.document.judgement ?? {};
  const told = [
    ...(seen.needed === null ? [] : [`${seen.needed} approvals`]),
    ...(rules.length > 0 ? [rules.join(", ")] : []),
    ...(verdict !== undefined && verdict !== "verified" ? [`${verdict}: ${sentence}`] : []),
    ...(seen.merged === null ? [] : ["merged as ours"]),
  ];
  return short(told.join("; "));
}

export async function judge(world: World, attempt: Attempt, seen: Seen | string): Promise<Outcome> {
  const { id, name, expected } = attempt;
  if (typeof seen === "string") {
    const broken = {
      happened: seen,
      sentences: [],
      verdict: null,
      ran: false,
      milliseconds: null,
      wrong: [seen],
    };
    return { id, name, expected, ...broken, escapes: escapesOf(world, attempt, null) };
  }
  // First, for looking into what is trapped would run it.
  const escapes = escapesOf(world, attempt, seen);
  return {
    ...{ id, name, expected, happened: wordsOf(attempt, seen), milliseconds: seen.milliseconds },
    sentences: sentencesOf(seen),
    verdict: seen.evidence?.document.judgement.verdict ?? null,
    ran: seen.ran,
    escapes,
    wrong: [
      ...faultsOfFate(attempt, seen),
      ...silent(attempt, seen),
      ...((await attempt.look?.(seen)) ?? []),
    ],
  };
}
