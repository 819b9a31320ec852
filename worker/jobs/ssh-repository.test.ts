// A repository over ssh, from the page to the worker: a real database, a real sshd, real git.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { publishNoticeKey } from "#lib/notices/publish-key.ts";
import { endUpstreamKey, setUpstreamKey } from "#lib/repositories/keys/service.ts";
import { addRepository, getRepository } from "#lib/repositories/service.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { type HostKey, makeHostKey, type SshServer, startSshServer } from "#lib/testing/git/ssh-server.ts";
import { reviewOf, type Source } from "#lib/testing/git/story.ts";
import { asProcess, launch } from "#lib/testing/journey.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { createAttester } from "../attestation/attest-merges.ts";
import { publishCommit } from "../git/publish/publish-commit.ts";
import type { Workplace } from "../workplace.ts";
import { mirrorRepository } from "./mirror-repository.ts";
import { authorityOf, publishMerge } from "./publish-merge.ts";

const story = await openStory();
const { database, seed, clock, workshop, agentId } = story;
const worker = testScope({ actor: systemActor("worker"), clock });
const keys = workshop.fresh("keys");
const workplace: Workplace = {
  ...story.workplace,
  sources: { ...story.workplace.sources, allowedHosts: ["127.0.0.1"] },
  env: { ...story.workplace.env, PILOTHOUSE_NOTICE_KEYS: keys },
};
const asWorker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);
const work = workshop.fresh("work");
const upstream = workshop.fresh("upstream.git");
let hostKey: HostKey;
let other: HostKey;
let server: SshServer;
let repositoryId = "";

beforeAll(async () => {
  createRepository(work, { "a.js": "one\n" });
  playGit("/", ["clone", "--quiet", "--bare", work, upstream]);
  const folder = workshop.fresh("host");
  [hostKey, other] = [makeHostKey(folder, "one"), makeHostKey(folder, "other")];
  server = await startSshServer(workshop.fresh("sshd"), hostKey);
  const { publicKey } = await keptKeyPair(keys);
  await asWorker(() => publishNoticeKey(worker, new Uint8Array(publicKey)));
  const source = `ssh://${server.user}@127.0.0.1:${server.port}${upstream}`;
  ({ repositoryId } = await addRepository(seed, { name: "shop", source, authority: "upstream" }));
});
afterAll(() => server.close());

const look = () => asWorker(() => mirrorRepository(workplace, worker, { repositoryId }));
const repository = () => getRepository(seed, repositoryId);
const of = (base: string): Source => ({ repositoryId, path: upstream, work, base });
const main = () => playGit(upstream, ["rev-parse", "refs/heads/main"]);
const pin = async (key: HostKey) => {
  const hostKeys = `[127.0.0.1]:${server.port} ${key.line}`;
  server.letIn((await setUpstreamKey(seed, { repositoryId, hostKeys })).publicKey);
};
async function findings(): Promise<unknown[]> {
  const sql =
    "select state, severity, evidence ->> 'text' as text from finding where rule = 'upstream_host_key' order by id";
  return (await database.owner.query(sql)).rows;
}

describe("a repository over ssh", () => {
  test("is not read before a host key is pinned, and is then", async () => {
    await look();
    expect(await repository()).toMatchObject({
      ...{ state: "problem", problem: "refused" },
      problemDetail: expect.stringMatching(/No host key is pinned/),
    });
    await pin(hostKey);
    await look();
    expect(await repository()).toMatchObject({ state: "ready", branch: "main", headCommit: main() });
    expect(await findings()).toEqual([]);
  });

  test("is moved by an approved merge with the key that was set", async () => {
    const mirror = workplace.mirrorOf(repositoryId);
    const base = main();
    const tree = playGit(mirror, ["rev-parse", `${base}^{tree}`]);
    const commit = playGit(mirror, ["commit-tree", tree, "-p", base, "-m", "Ours"]);
    const merge = { repositoryId, targetRef: "refs/heads/main" } as Parameters<typeof authorityOf>[2];
    const authority = await asWorker(() => authorityOf(workplace, worker, merge));
    expect(await publishCommit(workshop, { authority, base, commit })).toEqual({ outcome: "moved" });
    expect(main()).toBe(commit);
    await look();
  });

  test("probe: of a host that shows another key is not read: a finding says so until people pin the new one", async () => {
    const head = main();
    playGit("/", ["clone", "--quiet", upstream, `${work}-theirs`]);
    commitFiles(`${work}-theirs`, { "b.js": "theirs\n" }, "Theirs");
    playGit(`${work}-theirs`, ["push", "--quiet", "origin", "HEAD:main"]);
    server.shows(other);
    await look();
    expect(await repository()).toMatchObject({
      ...{ state: "problem", problem: "refused", headCommit: head },
      problemDetail: expect.stringMatching(/^127\.0\.0\.1 does not show the host key that was pinned/),
    });
    const open = { state: "open", severity: "high", text: expect.stringMatching(/^shop: 127\.0\.0\.1 does/) };
    expect(await findings()).toEqual([open]);
    await look();
    expect(await findings()).toEqual([open]);
    await pin(other);
    await look();
    expect(await repository()).toMatchObject({ state: "ready", headCommit: main() });
    expect(await findings()).toMatchObject([{ state: "mitigated" }]);
  });

  test("probe: of a host that shows another key at a merge is not pushed to, and a finding says so before the next look", async () => {
    expect(await findings()).toMatchObject([{ state: "mitigated" }]);
    const base = main();
    const bo = await member(seed, "bo", "reviewer");
    const pilotId = await activePilot(seed, charterFor(seed, repositoryId));
    const runId = await launch(seed, pilotId, agentId);
    const { gateId, digest } = await reviewOf({ ...story, workplace }, of(base), runId, { "a.js": "two\n" });
    await decideGate(bo, { gateId, digest, decision: "approve", reason: "" });
    const sql = "select id from merge where run_id = $1";
    const [{ id: mergeId }] = (await database.owner.query<{ id: string }>(sql, [runId])).rows as [
      { id: string },
    ];
    server.shows(hostKey);
    const publish = () => asWorker(() => publishMerge(workplace, worker, { mergeId }));
    await expect(publish()).rejects.toThrow(/does not show the host key that was pinned/);
    expect(main()).toBe(base);
    const said = { state: "open", severity: "high", text: expect.stringMatching(/^shop: 127\.0\.0\.1 does/) };
    expect(await findings()).toEqual([said]);
    server.shows(other);
    await publish();
    expect(main()).not.toBe(base);
    await look();
    expect(await findings()).toMatchObject([{ state: "mitigated" }]);
  });

  test("probe: of a host that shows another key when a note is pushed gets none, and a finding says so", async () => {
    const attest = () => asWorker(() => createAttester(workplace)(worker));
    const notes = () => playGit(upstream, ["for-each-ref", "--format=%(refname)", "refs/notes"]);
    server.shows(hostKey);
    await attest();
    expect(notes()).toBe("");
    const text = expect.stringMatching(/^shop: 127\.0\.0\.1 does not show/);
    expect(await findings()).toEqual([{ state: "open", severity: "high", text }]);
    server.shows(other);
    await attest();
    expect(notes()).toBe("refs/notes/pilothouse");
    await look();
    expect(await findings()).toMatchObject([{ state: "mitigated" }]);
  });

  test("whose key was deleted, or sealed to another worker, is not read any more", async () => {
    const elsewhere = {
      ...workplace,
      env: { ...workplace.env, PILOTHOUSE_NOTICE_KEYS: workshop.fresh("else") },
    };
    await asWorker(() => mirrorRepository(elsewhere, worker, { repositoryId }));
    expect(await repository()).toMatchObject({ problemDetail: expect.stringMatching(/cannot be opened/) });
    await endUpstreamKey(seed, { repositoryId });
    await look();
    expect(await repository()).toMatchObject({
      problemDetail: expect.stringMatching(/No host key is pinned/),
    });
  });
});
