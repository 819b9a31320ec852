// What becomes of merges after they took place: real git, a real sandbox, a real database, and a clock that is told.
import { expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { findWatch } from "#lib/merge-watches/service.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { AS_BEFORE, clickRevert, revertStory } from "#lib/testing/git/revert-story.ts";
import { look, openSource, pushOn, type Source } from "#lib/testing/git/story.ts";
import { asProcess, entriesAbout } from "#lib/testing/journey.ts";
import { watchMerges } from "./watch-merges.ts";

const story = await openStory();
const { database, seed, clock } = story;
const bo = await member(seed, "bo", "reviewer");
const lea = await member(seed, "lea", "engineering_lead");
const { merged, build, verify, approve, publish } = revertStory(story, bo);

const turn = () => asProcess(database, "worker", () => watchMerges(story.workplace, seed));
const seenOf = async (runId: string) =>
  (await findWatch(seed, runId))?.sightings.map(({ seen, commit, source }) => ({ seen, commit, source }));
const sightings = async (runId: string) =>
  (await entriesAbout(database, `run:${runId}`)).filter(({ kind }) => kind === "run.merge_sighted").length;

const FILE = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

async function mergedOn(files: Record<string, string>): Promise<{ source: Source; runId: string }> {
  clock.advance(MINUTE);
  const source = await openSource(story, "upstream", { "a.js": FILE });
  const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
  return { source, runId: await merged(source, pilotId, files) };
}

async function goOn(source: Source, change: () => string): Promise<string> {
  clock.advance(MINUTE);
  playGit(source.work, ["fetch", "--quiet", "origin"]);
  playGit(source.work, ["checkout", "--quiet", "--force", "-B", "main", "origin/main"]);
  const head = change();
  await look(story, source.repositoryId);
  await turn();
  return head;
}

test("a merge whose lines change again and that nobody undoes has held after fourteen days; a turn told twice writes nothing twice", async () => {
  const { source, runId } = await mergedOn({ "a.js": FILE.replace("2\n", "two\ntwo and a half\n") });
  await turn();
  expect(await findWatch(seed, runId)).toMatchObject({ state: "watching", sightings: [] });
  await goOn(source, () => pushOn(source, { "b.js": "elsewhere\n" }));
  expect(await seenOf(runId)).toEqual([]);
  const head = await goOn(source, () =>
    pushOn(source, { "a.js": FILE.replace("2\n", "two\nand a half\n").replace("9\n", "nine\n") }),
  );
  await turn();
  await turn();
  expect(await sightings(runId)).toBe(1);
  expect((await findWatch(seed, runId))?.sightings).toMatchObject([
    { seen: "changed_again", source: "lines", commit: head, lines: 1, ofLines: 2 },
  ]);
  clock.advance(14 * DAY);
  await turn();
  const watch = await findWatch(seed, runId);
  expect(watch?.state).toBe("held");
  expect(watch?.settledAt).toEqual(new Date(clock.now()));
  await goOn(source, () => pushOn(source, { "a.js": FILE }));
  expect((await findWatch(seed, runId))?.state).toBe("held");
});

test("undone by hand, also after others went on in the same file, it is told of the commit that did it", async () => {
  const { source, runId } = await mergedOn({ "a.js": FILE.replace("2\n", "two\n"), "new.js": "n\n" });
  const merge = playGit(source.path, ["rev-parse", "main"]);
  let by = "";
  await goOn(source, () => {
    pushOn(source, { "a.js": FILE.replace("2\n", "two\n").replace("9\n", "nine\n") });
    playGit(source.work, ["revert", "--no-edit", merge]);
    by = playGit(source.work, ["rev-parse", "HEAD"]);
    playGit(source.work, ["push", "--quiet", "origin", "main"]);
    return pushOn(source, { "c.js": "later\n" });
  });
  expect(await findWatch(seed, runId)).toMatchObject({ state: "reverted" });
  expect(await seenOf(runId)).toEqual([{ seen: "reverted_by_hand", commit: by, source: "trees" }]);
});

test("undone by a run of ours, it is told of that run; and a branch that is rewritten is a finding", async () => {
  const { source, runId } = await mergedOn({ "a.js": FILE.replace("2\n", "two\n") });
  const { runId: revert } = await clickRevert(lea, runId);
  await build(revert);
  await verify(revert, AS_BEFORE);
  await approve(bo, revert);
  await publish(source, revert);
  await turn();
  expect((await findWatch(seed, runId))?.sightings).toMatchObject([
    { seen: "reverted_here", source: "run", subject: revert },
  ]);
  const head = await goOn(source, () => {
    playGit(source.work, ["reset", "--quiet", "--hard", "HEAD~2"]);
    playGit(source.work, ["push", "--quiet", "--force", "origin", "main"]);
    return playGit(source.work, ["rev-parse", "HEAD"]);
  });
  expect(await findWatch(seed, revert)).toMatchObject({ state: "rewritten" });
  expect(await seenOf(revert)).toEqual([{ seen: "rewritten", commit: head, source: "ancestry" }]);
  const { rows } = await database.owner.query(
    "select rule, severity, state from finding where run_id = $1 and rule like 'merge%'",
    [revert],
  );
  expect(rows).toEqual([{ rule: "merge_rewritten", severity: "high", state: "open" }]);
});
