// The agent's own account. Every claim names the commands it rests on; what is not seen is not said.
import type { Claim, Summary } from "#lib/protocol/schema.ts";
import type { Classified } from "./failures/classify.ts";
import type { Culprit, GivenUp } from "./findings.ts";
import type { Combined } from "./reverts/combine.ts";
import { testsOf } from "./reverts/try-reverts.ts";
import { count, named, some } from "./words.ts";

const MOST_TESTS = 200;
const MOST_ENTRIES = 100;
const MOST_CLAIMS = 50;
const MOST_COMMANDS = 50;

export interface Account {
  readonly baseRuns: readonly number[];
  readonly classified: Classified;
  readonly culprits: readonly Culprit[];
  readonly givenUp: readonly GivenUp[];
  /** null when nothing was left to propose. */
  readonly combined: Combined | null;
}

export function summarise(account: Account): Summary {
  const { classified, combined, givenUp } = account;
  const claims = [
    ...baseClaims(account),
    ...culpritClaims(account),
    ...patchClaims(account),
    ...givenUpClaims(account),
  ];
  return {
    text: textOf(account).slice(0, 10_000).toWellFormed(),
    claims: claims.slice(0, MOST_CLAIMS),
    repaired: (combined?.accepted ?? []).slice(0, MOST_ENTRIES).map(({ culprit, clusters }) => ({
      tests: clusters.flatMap(({ tests }) => tests).slice(0, MOST_TESTS),
      culprit: culprit.id,
      subject: culprit.subject,
    })),
    givenUp: givenUp.slice(0, MOST_ENTRIES).map(({ cluster, culprit, reason }) => ({
      tests: cluster.tests.slice(0, MOST_TESTS),
      culprit: culprit?.id ?? null,
      reason: reason.slice(0, 1000).toWellFormed(),
    })),
    flaky: classified.flaky.slice(0, MOST_TESTS).map(({ id }) => id),
  };
}

function claim(text: string, commands: readonly number[]): Claim {
  return {
    text: text.slice(0, 1000).toWellFormed(),
    commands: [...new Set(commands)].slice(0, MOST_COMMANDS),
  };
}

function baseClaims({ classified: { steady, flaky }, baseRuns }: Account): Claim[] {
  const runs = count(baseRuns.length, "run");
  if (steady.length + flaky.length === 0) return [claim(`No test fails in ${runs} of the base.`, baseRuns)];
  const claims =
    steady.length > 0
      ? [claim(`${count(steady.length, "test")} failed in every one of ${runs} of the base.`, baseRuns)]
      : [];
  if (flaky.length > 0) {
    const names = some(
      flaky.map(({ id }) => id),
      5,
    );
    claims.push(claim(`Flaky: ${names} failed in some of ${runs} of the base and not in others.`, baseRuns));
  }
  return claims;
}

function culpritClaims({ culprits }: Account): Claim[] {
  return culprits.map(({ commit, cluster, commands }) =>
    claim(
      `${named(commit)} by ${commit.author} broke ${some(cluster.tests)}: passed before it, failed with it.`,
      commands,
    ),
  );
}

function patchClaims({ combined }: Account): Claim[] {
  if (!combined) return [];
  const commands = combined.runs.map(({ command }) => command);
  const repaired = combined.accepted.flatMap(({ clusters }) => clusters);
  const claims = [
    claim(
      `With ${count(combined.accepted.length, "revert")} ${testsOf(repaired)} that failed on the base passed in every one of ${count(commands.length, "run")}, and no test that passed on the base failed in all of them.`,
      commands,
    ),
  ];
  if (combined.gone.length > 0) {
    claims.push(
      claim(
        `The reverts take ${count(combined.gone.length, "test")} away: ${some(combined.gone)}.`,
        commands,
      ),
    );
  }
  return claims;
}

function givenUpClaims({ givenUp }: Account): Claim[] {
  return givenUp.map(({ cluster, reason, commands }) =>
    claim(`Gave up on ${some(cluster.tests)}. ${reason}`, commands),
  );
}

function textOf({ classified: { steady, flaky }, combined, givenUp, baseRuns }: Account): string {
  const runs = count(baseRuns.length, "run");
  const lines: string[] = [];
  if (steady.length === 0) {
    lines.push(
      flaky.length === 0
        ? `Nothing to repair: no test fails in ${runs}.`
        : `Nothing to repair: no test fails in every one of ${runs}.`,
    );
  }
  for (const { culprit, clusters } of combined?.accepted ?? []) {
    lines.push(`Reverted ${named(culprit)} by ${culprit.author}: repairs ${testsOf(clusters)}.`);
  }
  if (combined === null && steady.length > 0) lines.push("No change is proposed.");
  for (const { cluster, reason } of givenUp)
    lines.push(`Gave up on ${testsOf([cluster])} (${some(cluster.tests, 2)}): ${reason}`);
  if (flaky.length > 0) {
    lines.push(
      `Left alone because flaky: ${some(
        flaky.map(({ id }) => id),
        10,
      )}.`,
    );
  }
  return lines.join("\n");
}
