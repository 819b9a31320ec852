// What is still missing to first value, from what is really there.
import type { SetupStep } from "#components/home/setup-page.tsx";
import { listDecisions } from "#lib/gates/service.ts";
import { listPeople } from "#lib/people/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { listRunners } from "#lib/runners/service.ts";
import { listRuns } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";

interface Check extends Omit<SetupStep, "state"> {
  readonly done: boolean;
  readonly problem?: boolean;
}

export async function setupSteps(scope: Scope): Promise<SetupStep[]> {
  const checks = await Promise.all([
    runnerStep(scope),
    repositoryStep(scope),
    peopleStep(scope),
    pilotStep(scope),
    runStep(scope),
    decisionStep(scope),
  ]);
  const next = checks.findIndex(({ done }) => !done);
  return checks.map(({ done, problem, ...step }, index) => ({
    ...step,
    state: done ? "done" : problem ? "problem" : index === next ? "next" : "later",
  }));
}

/** How many steps are not done. */
export async function setupLeft(scope: Scope): Promise<number> {
  return (await setupSteps(scope)).filter(({ state }) => state !== "done").length;
}

async function runnerStep(scope: Scope): Promise<Check> {
  const live = (await listRunners(scope)).filter((runner) => runner.live);
  const strong = live.filter((runner) => runner.contact?.tier === "strong").length;
  return {
    key: "runner",
    title: "A runner that works",
    done: live.length > 0,
    text:
      live.length > 0
        ? `${live.length} in contact, ${strong} of them with the strong sandbox.`
        : "No runner was heard of in the last seconds.",
    action: { title: "Runners", href: "/runners" },
  };
}

async function repositoryStep(scope: Scope): Promise<Check> {
  const repositories = await listRepositories(scope);
  const ready = repositories.filter(({ state }) => state === "ready");
  const broken = repositories.find(({ state }) => state === "problem");
  return {
    key: "repository",
    title: "A repository that can be read",
    done: ready.length > 0,
    problem: ready.length === 0 && broken !== undefined,
    text:
      ready.length > 0
        ? ready.map(({ name }) => name).join(", ")
        : "Add the repository whose tests should be kept green.",
    output: ready.length === 0 ? (broken?.problemDetail ?? null) : null,
    action:
      ready.length > 0
        ? { title: "Repositories", href: "/repositories" }
        : { title: "Add a repository", href: "/repositories/new" },
  };
}

async function peopleStep(scope: Scope): Promise<Check> {
  const leads = (await listPeople(scope)).filter(
    ({ hasPassword, grants }) => hasPassword && grants.some(({ role }) => role.endsWith("_lead")),
  );
  return {
    key: "people",
    title: "Two leads who have signed in",
    done: leads.length >= 2,
    text:
      leads.length >= 2
        ? leads.map(({ name }) => name).join(" and ")
        : "Activation takes two people: pass the second link of the start on to the other lead.",
  };
}

async function pilotStep(scope: Scope): Promise<Check> {
  const pilots = await listPilots(scope);
  const active = pilots.filter(({ activatedAt }) => activatedAt !== null);
  return {
    key: "pilot",
    title: "A pilot with a charter in force",
    done: active.length > 0,
    text:
      active.length > 0
        ? active.map(({ name }) => name).join(", ")
        : "Write a charter and ask another lead to activate it.",
    action:
      active.length > 0
        ? { title: "Pilots", href: "/pilots" }
        : { title: "Write a charter", href: "/pilots/new" },
  };
}

async function runStep(scope: Scope): Promise<Check> {
  const reviewed = (await listRuns(scope)).filter(({ reviewOpenedAt }) => reviewOpenedAt !== null);
  const [newest] = reviewed;
  return {
    key: "run",
    title: "A first run that reached review",
    done: reviewed.length > 0,
    text: newest ? newest.title : "Launch a run; it ends in a review or says why it changed nothing.",
    action: newest
      ? { title: "Open the review", href: `/reviews/${newest.id}` }
      : { title: "Launch a run", href: "/runs/new" },
  };
}

async function decisionStep(scope: Scope): Promise<Check> {
  const decided = (await listDecisions(scope)).filter(
    ({ kind, approvals }) => kind === "merge" && approvals.length > 0,
  );
  return {
    key: "decision",
    title: "A first decision",
    done: decided.length > 0,
    text:
      decided.length > 0
        ? `${decided.length} merge ${decided.length === 1 ? "gate is" : "gates are"} decided.`
        : "Approve or deny what waits in the inbox.",
    action: { title: "Inbox", href: "/inbox" },
  };
}
