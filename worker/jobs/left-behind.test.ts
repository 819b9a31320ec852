// A secret that one commit of the agent's brought and the next took away, from the handing in of the branch to the finding: real
// git, a real quarantine, a real database.
import { expect, test } from "vitest";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { openSource, propose } from "#lib/testing/git/story.ts";
import { asProcess, launch, leaseOf } from "#lib/testing/journey.ts";
import { importPatch } from "./import-patch.ts";

const story = await openStory();
const { database, seed, agentId, runner, workplace } = story;
// Put together here, so that no file of ours holds one.
const SECRET = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;

test("probe: a secret of an earlier commit is a finding where it stood, and the run goes on without a word of it", async () => {
  const source = await openSource(story, "upstream", { "a.js": "one\n" });
  const runId = await launch(seed, await activePilot(seed, charterFor(seed, source.repositoryId)), agentId);
  const lease = await leaseOf(runner, runId, "agent");
  const held = { "secret.txt": `first\n${SECRET}\n` };
  await propose(story, source, lease, { "a.js": "two\n", "secret.txt": null }, [held]);
  await asProcess(database, "worker", () => importPatch(workplace, seed, { runId, attempt: lease.attempt }));
  const findings = await listFindingsOfRun(await member(seed, "sam", "security_lead"), runId);
  expect(
    findings.map(({ rule, severity, evidence }) => [rule.id, severity, evidence?.path]).toSorted(),
  ).toEqual([
    ["secret_left_behind", "medium", "secret.txt"],
    ["tree_left_behind", "low", "secret.txt"],
  ]);
  expect(JSON.stringify(findings)).not.toContain(SECRET);
  expect((await getRun(seed, runId)).status).toBe("verifying");
  const objects = ["cat-file", "--batch-all-objects", "--batch", "--unordered"];
  expect(playGit(workplace.mirrorOf(source.repositoryId), objects)).not.toContain(SECRET);
});
