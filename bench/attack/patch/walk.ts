// A hostile branch on its way through the product: handed in, taken in by the worker's job, verified by the real harness,
// shown, decided on by people, published. Everything that is said of it is read from what the product keeps.
import { baseBundlePath } from "#lib/blobs/service.ts";
import { findChanges } from "#lib/changes/service.ts";
import { messageOf } from "#lib/errors.ts";
import { listEvents } from "#lib/events/service.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { findShownPatch, readShownDiff } from "#lib/patches/shown-patch.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { createRepository, makeBundle, playGit } from "#lib/testing/git/author.ts";
import { openSource, type Source } from "#lib/testing/git/story.ts";
import { type OpenGitHub, openGitHub } from "#lib/testing/github/github-server.ts";
import { WANTS_PULLS } from "#lib/testing/github/served-rules.ts";
import { NODE_PLAN, SUM } from "#lib/testing/harness-scene.ts";
import { asProcess, launch } from "#lib/testing/journey.ts";
import { ADDS, BROKEN } from "#lib/testing/verify-scene.ts";
import { BASE_REF } from "#worker/git/bundle-header.ts";
import { importPatch } from "#worker/jobs/import-patch.ts";
import type { Agent, Attempt, Branch, Seen } from "./attempt.ts";
import {
  approve,
  handIn,
  leaveNothingWaiting,
  needsHarness,
  publish,
  tellVerified,
  verifyPatch,
} from "./steps.ts";
import type { World } from "./world.ts";

const REPEATS = 1;
const EVENTS = 1000;
const REPAIRED: Summary["repaired"] = [{ tests: [ADDS], culprit: "0".repeat(40), subject: "Break it" }];

async function openPilot(world: World, source: Source, attempt: Attempt): Promise<string> {
  const { charter: change, command = "files" } = attempt;
  const charter = charterFor(world.seed, source.repositoryId);
  const { argv, harnessPaths } = NODE_PLAN;
  const testArgv = command === "script" ? ["npm", "test"] : argv;
  const own = {
    ...charter,
    environment: { ...charter.environment, testArgv, harnessPaths, repeats: REPEATS },
  };
  return activePilot(world.seed, change ? change(own) : own);
}

/** The agent's clone, made of the base that the plane hands out. */
function openAgent(world: World, { repositoryId, base, path: upstream }: Source): Agent {
  const { workshop, canary, agentSecret: secret, open, secretFile } = world;
  const work = workshop.fresh("agent");
  createRepository(work, {});
  playGit(work, ["fetch", "--quiet", baseBundlePath(repositoryId, base), BASE_REF]);
  playGit(work, ["checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"]);
  return { work, base, upstream, canary, secret, open, secretFile, fresh: workshop.fresh };
}

async function eventsOf(seed: Scope, runId: string): Promise<unknown[]> {
  const events: { readonly seq: number }[] = [];
  for (;;) {
    const page = await listEvents(seed, runId, events.at(-1)?.seq ?? 0, EVENTS);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** What the page of its review is made of. */
async function shown({ seed }: World, runId: string): Promise<Pick<Seen, "patch" | "diff" | "changes">> {
  const patch = await findShownPatch(seed, runId);
  if (!patch) return { patch: null, diff: null, changes: null };
  return { patch, diff: await readShownDiff(seed, patch), changes: await findChanges(seed, patch) };
}

export const bundled = ({ work, base, fresh }: Agent, head: string): Exclude<Branch, string> => ({
  head,
  bundle: makeBundle(work, fresh("patch.bundle"), base, head),
});

const isUsual = ({ base, forge }: Attempt): boolean => base === undefined && forge === undefined;

/** One on which nothing was merged is as good as a new one. */
async function sourceFor(world: World, attempt: Attempt): Promise<Source> {
  const { base } = attempt;
  const spare = isUsual(attempt) ? world.spare.pop() : undefined;
  return spare ?? openSource(world, "upstream", { ...SUM, ...BROKEN, ...base });
}

/** All that somebody hostile made beforehand. */
export interface Prepared {
  readonly attempt: Attempt;
  readonly source: Source;
  readonly pilotId: string;
  readonly agent: Agent;
  readonly head: string | null;
  readonly bundle: string;
  /** Where its repository is merged; null where that is plain git. */
  readonly forge: OpenGitHub | null;
}

async function forgeFor({ connect }: World, { forge }: Attempt, source: Source): Promise<OpenGitHub | null> {
  if (forge === undefined) return null;
  const server = await openGitHub(source.path);
  if (forge === "by_pull") server.rules.push(WANTS_PULLS);
  await connect({ repositoryId: source.repositoryId, address: server.address });
  return server;
}

export async function prepare(world: World, attempt: Attempt): Promise<Prepared> {
  const source = await sourceFor(world, attempt);
  const pilotId = await openPilot(world, source, attempt);
  const agent = openAgent(world, source);
  const branch = await attempt.make(agent);
  return {
    attempt,
    source,
    pilotId,
    agent,
    forge: await forgeFor(world, attempt, source),
    ...(typeof branch === "string" ? bundled(agent, branch) : branch),
  };
}

/** From handing in to the commit on the owners' branch, or to wherever it is stopped. */
export async function walk(world: World, prepared: Prepared): Promise<Seen> {
  const { seed, agentId } = world;
  const runId = await launch(seed, prepared.pilotId, agentId);
  try {
    return await walkOf(world, prepared, runId);
  } finally {
    prepared.forge?.close();
    await leaveNothingWaiting(world, runId);
  }
}

async function walkOf(world: World, prepared: Prepared, runId: string): Promise<Seen> {
  const { database, workplace, seed } = world;
  const { attempt, source, agent, head, bundle, forge } = prepared;
  const runs = world.harness === "all" || needsHarness(attempt);
  const began = performance.now();
  await handIn(world, runId, bundle, runs ? REPAIRED : []);
  const meanwhile = { world, source, runId, agent };
  const passed = (await attempt.afterHandIn?.(meanwhile)) ?? [];
  await asProcess(database, "worker", () => importPatch(workplace, seed, { runId, attempt: 1 }));
  const page = await shown(world, runId);
  const milliseconds = performance.now() - began;
  if (page.patch) await (runs ? verifyPatch : tellVerified)(world, source, runId);
  const { needed, byOne } = await approve(world, runId);
  await attempt.afterApproval?.(meanwhile);
  await publish(world, runId);
  return {
    ...{ source, runId, head, agentWork: agent.work, ...page, needed, mergedByOne: byOne },
    ...{ milliseconds, passed, ran: runs && page.patch !== null },
    forge: forge === null ? null : { pulls: forge.pulls, checks: forge.checks, faults: forge.faults },
    ...(await endOf(world, source, runId)),
  };
}

async function endOf({ seed }: World, { path }: Source, runId: string) {
  const { status, reason } = await getRun(seed, runId);
  const tip = playGit(path, ["rev-parse", "refs/heads/main"]);
  return {
    ...{ status, reason: reason ?? "", tip, merged: status === "merged" ? tip : null },
    findings: await listFindingsOfRun(seed, runId),
    events: await eventsOf(seed, runId),
    evidence: (await listEvidence(seed, runId)).at(-1) ?? null,
  };
}

/** Sentences instead of what broke on the way: nothing hostile may break the worker. */
export async function walked(world: World, prepared: Prepared): Promise<Seen | string> {
  try {
    const seen = await walk(world, prepared);
    const { attempt, source } = prepared;
    if (seen.patch === null && isUsual(attempt)) world.spare.push(source);
    return seen;
  } catch (error) {
    return `the product broke on it: ${messageOf(error)}`;
  }
}
