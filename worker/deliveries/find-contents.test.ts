// What a deployment brought, asked of real git in a real sandbox: by what its head reaches, not by what anybody says.
import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { MOST_TRIES } from "#lib/deliveries/contents/schema.ts";
import { reportRows } from "#lib/deliveries/imports/report-rows.ts";
import { listDeployments } from "#lib/deliveries/views/service.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { revertStory } from "#lib/testing/git/revert-story.ts";
import { look, openSource, pushOn } from "#lib/testing/git/story.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { findContents } from "./find-contents.ts";

const story = await openStory();
const { database, seed, clock } = story;
const bo = await member(seed, "bo", "reviewer");
const lea = await member(seed, "lea", "engineering_lead");
const { merged } = revertStory(story, bo);
const turn = () => asProcess(database, "worker", () => findContents(story.workplace, seed));
const ago = (minutes: number) => new Date(clock.now() - minutes * MINUTE).toISOString();

async function deploy(
  externalId: string,
  repositoryId: string,
  headSha: string,
  { source = "argo-cd", ...part }: { readonly source?: string; readonly [field: string]: unknown } = {},
) {
  clock.advance(MINUTE);
  const rows = [
    {
      ...{ externalId, repository: repositoryId, environment: "production", status: "succeeded", headSha },
      ...{ startedAt: ago(0), finishedAt: ago(0), ...part },
    },
  ];
  await reportRows(lea, "deployment", { source, rows });
}
const broughtBy = async (externalId: string) => {
  const found = (await listDeployments(lea, {})).items.find((each) => each.externalId === externalId);
  if (!found) throw new Error("it is not listed");
  const { contents, merges, changes } = found;
  return { contents, runs: merges.map(({ runId }) => runId), changes };
};

test("each merge and each change by people is in the deployment that first reaches it, late or early told of", async () => {
  const source = await openSource(story, "upstream", { "a.js": "1\n" });
  const { repositoryId } = source;
  const pilotId = await activePilot(seed, charterFor(seed, repositoryId));
  const base = playGit(source.path, ["rev-parse", "main"]);
  await deploy("first", repositoryId, base);
  clock.advance(MINUTE);
  const runId = await merged(source, pilotId, { "a.js": "2\n" });
  const withRun = playGit(source.path, ["rev-parse", "main"]);
  clock.advance(MINUTE);
  playGit(source.work, ["fetch", "--quiet", "origin"]);
  playGit(source.work, ["checkout", "--quiet", "--force", "-B", "main", "origin/main"]);
  const byPeople = pushOn(source, { "b.js": "by people\n" });
  await deploy("second", repositoryId, withRun);
  await deploy("third", repositoryId, byPeople);
  await turn();
  expect(await broughtBy("second")).toEqual({ contents: "found", runs: [runId], changes: 0 });
  expect(await broughtBy("third")).toEqual({ contents: "not_here", runs: [], changes: 0 });
  await look(story, repositoryId);
  clock.advance(2 * MINUTE);
  await turn();
  expect(await broughtBy("third")).toEqual({ contents: "found", runs: [], changes: 0 });

  // A pull request that is told of after the deployment that brought it.
  const change = {
    externalId: "12",
    repository: repositoryId,
    openedAt: ago(30),
    mergedAt: ago(20),
    mergeSha: byPeople,
  };
  clock.advance(MINUTE);
  await reportRows(lea, "outside_change", { source: "gitlab", rows: [change] });
  await turn();
  expect(await broughtBy("third")).toMatchObject({ changes: 1 });
  expect(await broughtBy("first")).toEqual({ contents: "found", runs: [], changes: 0 });

  // A deployment between two others that is told of late takes over what it brought; one elsewhere brings all of it there.
  await deploy("between", repositoryId, byPeople, { startedAt: ago(9), finishedAt: ago(9) });
  const { rows } = await database.owner.query(
    "select finished_at from deployment where external_id = 'second'",
  );
  const after = new Date(rows[0].finished_at.getTime() + 1000).toISOString();
  await deploy("between", repositoryId, byPeople, { startedAt: after, finishedAt: after, asOf: ago(0) });
  await deploy("staging", repositoryId, byPeople, { environment: "staging" });
  await turn();
  expect(await broughtBy("between")).toMatchObject({ changes: 1, runs: [] });
  expect(await broughtBy("third")).toMatchObject({ contents: "found", changes: 0 });
  expect(await broughtBy("staging")).toMatchObject({ changes: 1, runs: [runId] });

  // A rollback brings nothing, and what failed is not asked about.
  await deploy("back", repositoryId, withRun, { rollbackOf: "third" });
  await deploy("broken", repositoryId, byPeople, { status: "failed" });
  await turn();
  expect(await broughtBy("back")).toEqual({ contents: "found", runs: [], changes: 0 });
  expect(await broughtBy("broken")).toEqual({ contents: null, runs: [], changes: 0 });
  const looked = "select deployment_id, looked_at, tries from deployment_contents order by 1";
  const before = (await database.owner.query(looked)).rows;
  clock.advance(MINUTE);
  await turn();
  expect((await database.owner.query(looked)).rows).toEqual(before);
});

test("probe: a commit that is in no mirror is looked for at growing distances and keeps no other waiting", async () => {
  const source = await openSource(story, "upstream", { "a.js": "1\n" });
  const head = playGit(source.path, ["rev-parse", "main"]);
  await deploy("nowhere", source.repositoryId, "e".repeat(40));
  await deploy("here", source.repositoryId, head, { environment: "staging" });
  await turn();
  await turn();
  expect(await broughtBy("nowhere")).toMatchObject({ contents: "not_here" });
  expect(await broughtBy("here")).toMatchObject({ contents: "found" });
  const tries = async () =>
    (
      await database.owner.query(
        "select c.tries from deployment_contents c join deployment d on d.id = c.deployment_id where d.external_id = 'nowhere'",
      )
    ).rows[0].tries;
  expect(await tries()).toBe(1);
  clock.advance(61_000);
  await turn();
  expect(await tries()).toBe(2);
  clock.advance(61_000);
  await turn();
  expect(await tries()).toBe(2);
});

const stateOf = async (externalId: string) =>
  (
    await database.owner.query(
      `select c.tries, c.previous_sha from deployment_contents c join deployment d on d.id = c.deployment_id
       where d.external_id = $1`,
      [externalId],
    )
  ).rows[0];

test("what one source deploys is held against its own deployment before, whatever another deploys there between", async () => {
  const source = await openSource(story, "upstream", { "a.js": "1\n" });
  const base = playGit(source.path, ["rev-parse", "main"]);
  const head = pushOn(source, { "b.js": "by people\n" });
  await look(story, source.repositoryId);
  await deploy("web-1", source.repositoryId, base, { source: "web" });
  await deploy("api-1", source.repositoryId, head, { source: "api" });
  await deploy("web-2", source.repositoryId, head, { source: "web" });
  await turn();
  expect(await stateOf("web-2")).toMatchObject({ previous_sha: base });
  expect(await stateOf("api-1")).toMatchObject({ previous_sha: null });
});

test("probe: what was found stays while a commit of it is away, and one that never comes is looked for no more at last", async () => {
  const source = await openSource(story, "upstream", { "a.js": "1\n" });
  const { repositoryId } = source;
  const base = playGit(source.path, ["rev-parse", "main"]);
  const head = pushOn(source, { "b.js": "by people\n" });
  await look(story, repositoryId);
  await deploy("base", repositoryId, base, { environment: "eu" });
  await deploy("kept", repositoryId, head, { environment: "eu" });
  const change = { externalId: "13", repository: repositoryId, openedAt: ago(30), mergedAt: ago(20) };
  await reportRows(lea, "outside_change", { source: "gitlab", rows: [{ ...change, mergeSha: head }] });
  await turn();
  expect(await broughtBy("kept")).toMatchObject({ contents: "found", changes: 1 });
  await deploy("kept", repositoryId, "c".repeat(40), { environment: "eu" });
  await turn();
  expect(await broughtBy("kept")).toMatchObject({ contents: "not_here", changes: 1 });

  const over = async () =>
    (await listDeployments(lea, {})).items.find(({ externalId }) => externalId === "kept")?.contentsOver;
  for (let tries = 2; tries <= MOST_TRIES; tries++) {
    expect(await over()).toBe(false);
    clock.advance(DAY);
    await turn();
    expect(await stateOf("kept")).toMatchObject({ tries });
  }
  expect(await over()).toBe(true);
  clock.advance(2 * DAY);
  await turn();
  expect(await stateOf("kept")).toMatchObject({ tries: MOST_TRIES });
});

test("probe: fifty that are in no mirror keep none waiting that was never looked at", async () => {
  const { repositoryId } = await openSource(story, "upstream", { "a.js": "1\n" });
  for (let number = 1; number <= 50; number++)
    await deploy(`lost-${number}`, repositoryId, "f".repeat(40), { environment: `lost-${number}` });
  await turn();
  clock.advance(HOUR);
  await deploy("fresh", repositoryId, "f".repeat(40), { environment: "fresh" });
  await turn();
  expect(await stateOf("fresh")).toMatchObject({ tries: 1 });
});
