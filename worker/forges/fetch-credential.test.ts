// A private repository: read with what it is connected with, which stays out of every process list and out of the mirror.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { MINUTE } from "#lib/clock.ts";
import { addRepository, getRepository } from "#lib/repositories/service.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { startGitServer } from "#lib/testing/git/https-server.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { connecting } from "#lib/testing/github/connected.ts";
import { githubServer, TOKEN } from "#lib/testing/github/github-server.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { mirrorRepository } from "../jobs/mirror-repository.ts";
import type { Workplace } from "../workplace.ts";
import { withFetchCredential } from "./fetch-credential.ts";

const story = await openStory();
const { database, workshop, seed, clock } = story;
const root = workshop.fresh("private");
const { path, head } = createRepository(workshop.fresh("origin"), { "a.txt": "1\n" });
playGit("/", ["clone", "--quiet", "--bare", path, join(root, "octo/shop.git")]);

const GIVEN = "github_pat_of_somebody_1234567890";
const AS_BASIC = Buffer.from(`x-access-token:${GIVEN}`).toString("base64");
const leaks: string[] = [];

/** Whether the token stands where every user of the host could read it. */
function lookAtProcesses(): void {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, "utf8");
      if (line.includes(GIVEN) || line.includes(AS_BASIC)) leaks.push(line);
    } catch {
      // it ended meanwhile
    }
  }
}

const git = await startGitServer({
  root,
  folder: workshop.fresh("certificate"),
  intercept(request, response) {
    if (request.headers.authorization === `Basic ${AS_BASIC}`) {
      lookAtProcesses();
      return false;
    }
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="GitHub"' }).end();
    return true;
  },
});
afterAll(() => git.close());
const server = await githubServer(join(root, "octo/shop.git"));
afterEach(() => expect(server.faults).toEqual([]));

const keys = workshop.fresh("keys");
const connect = await connecting(database, seed, keys);
const workplace: Workplace = {
  ...story.workplace,
  sources: { allowedRoots: [], allowedHosts: ["127.0.0.1"], caFile: git.caFile },
  env: { ...story.workplace.env, PILOTHOUSE_NOTICE_KEYS: keys, PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"] },
};

function everyFileOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), "latin1"));
}

test("a private repository is read once it is connected, and what it is read with is left nowhere", async () => {
  const address = `https://127.0.0.1:${git.port}/octo/shop`;
  const added = { name: "private", source: `${address}.git`, authority: "upstream" } as const;
  const { repositoryId } = await addRepository(seed, added);
  const look = async () => {
    clock.advance(MINUTE);
    await asProcess(database, "worker", () => mirrorRepository(workplace, seed, { repositoryId }));
    return getRepository(seed, repositoryId);
  };
  expect(await look()).toMatchObject({ state: "problem", problem: "unreachable" });
  await connect({ repositoryId, address, token: GIVEN });
  expect(await look()).toMatchObject({ state: "ready", headCommit: head, branch: "main" });
  expect(leaks).toEqual([]);
  const kept = everyFileOf(workplace.mirrorOf(repositoryId)).join("\n");
  for (const secret of [GIVEN, AS_BASIC]) expect(kept).not.toContain(secret);
});

describe("what a repository is read with", () => {
  const at = (url: string) => ({ kind: "https", url }) as const;
  const operators = { username: "bot", password: "kept" };
  const credentials = new Map([["127.0.0.1", operators]]);
  const shownFor = (repositoryId: string, url: string) =>
    asProcess(database, "worker", () =>
      withFetchCredential(
        { ...workplace, credentials },
        seed,
        { repositoryId, source: at(url) },
        async (shown) => shown,
      ),
    );

  test("is an app's token for it alone, to read alone, given back; and to another host what the operator keeps", async () => {
    const { repositoryId } = await addRepository(seed, {
      ...{ name: "by-app", source: "https://github.com/octo/shop", authority: "upstream" },
    });
    await connect({ repositoryId, address: server.address });
    const url = `${server.address.replace("http:", "https:")}.git`;
    expect(await shownFor(repositoryId, url)).toEqual({
      credential: { username: "x-access-token", password: TOKEN },
      problem: null,
    });
    expect(server.tokens).toEqual({ asked: 1, revoked: 1 });
    expect(server.asksFor).toEqual([{ contents: "read", metadata: "read" }]);
    expect(await shownFor(repositoryId, "https://127.0.0.1/octo/shop.git")).toEqual({
      credential: operators,
      problem: null,
    });
    server.down = 503;
    expect(await shownFor(repositoryId, url)).toEqual({
      credential: undefined,
      problem: "GitHub answered 503.",
    });
  });
});
