import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { type GitServer, startGitServer } from "#lib/testing/git/https-server.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "../source/check-source.ts";
import type { Moved } from "../source/counted-way.ts";
import { mirrorRepository } from "./mirror-repository.ts";

const workshop = await testWorkshop();

describe("a mirror of an https repository", () => {
  let server: GitServer;
  let head: string;
  let root: string;
  beforeAll(async () => {
    root = workshop.fresh("served");
    const { path, head: commit } = createRepository(workshop.fresh("origin"), { "a.txt": "1\n" });
    head = commit;
    playGit("/", ["clone", "--quiet", "--bare", path, join(root, "team/a.git")]);
    server = await startGitServer({
      root,
      folder: workshop.fresh("certificate"),
      intercept(request, response) {
        if (!request.url?.startsWith("/redirect/")) return false;
        response.writeHead(302, { Location: request.url.replace("/redirect/", "/team/") }).end();
        return true;
      },
    });
  });
  afterAll(() => server.close());

  const moved: Moved[] = [];
  const mirrorUrl = async (
    url: string,
    allowedHosts: string[] = ["git.test"],
    caFile: string | undefined = server.caFile,
  ) => {
    const network = {
      allowedRoots: [],
      allowedHosts,
      resolve: async () => ["127.0.0.1"],
      moved: (each: Moved) => void moved.push(each),
      ...(caFile ? { caFile } : {}),
    };
    const source = await checkSource(url, network);
    return mirrorRepository(workshop, {
      source,
      mirror: workshop.fresh("mirror.git"),
      branch: null,
      network,
    });
  };

  test("is fetched from the address that was checked, for a name that no resolver knows", async () => {
    const result = await mirrorUrl(`https://git.test:${server.port}/team/a.git`);
    expect(result).toEqual({ outcome: "mirrored", branch: "main", head, commits: 1 });
  });

  test("tells the bytes of each git that reached it, and none where nothing was reached", async () => {
    moved.length = 0;
    await mirrorUrl(`https://git.test:${server.port}/team/a.git`);
    await mirrorUrl("https://git.test:1/team/a.git");
    const place = {
      host: "git.test",
      port: server.port,
      connections: expect.toSatisfy((count) => count > 0),
    };
    const bytes = {
      up: expect.toSatisfy((count) => count > 500),
      down: expect.toSatisfy((count) => count > 500),
    };
    expect(moved).toEqual([
      { ...place, ...bytes },
      { ...place, ...bytes },
      { host: "git.test", port: 1, up: 0, down: 0, connections: 0 },
    ]);
  });

  test("probe: the same host is refused where the operator does not allow it", async () => {
    const before = server.requests.length;
    await expect(mirrorUrl(`https://git.test:${server.port}/team/a.git`, [])).rejects.toMatchObject({
      code: "refused",
    });
    await expect(mirrorUrl(`https://127.0.0.1:${server.port}/team/a.git`, [])).rejects.toMatchObject({
      code: "refused",
    });
    expect(server.requests).toHaveLength(before);
  });

  test("probe: a redirect is not followed", async () => {
    const result = await mirrorUrl(`https://git.test:${server.port}/redirect/a.git`);
    expect(result.outcome).toBe("unreachable");
    expect(server.requests.at(-1)).toContain("/redirect/");
  });

  test("probe: a certificate that nobody vouches for is not accepted", async () => {
    expect((await mirrorUrl(`https://git.test:${server.port}/team/a.git`, ["git.test"], "")).outcome).toBe(
      "unreachable",
    );
  });

  test("a repository that is not there, and a host that does not answer, are unreachable with a reason", async () => {
    expect(await mirrorUrl(`https://git.test:${server.port}/team/none.git`)).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/not found|404/),
    });
    expect(await mirrorUrl("https://git.test:1/team/a.git")).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/connect/i),
    });
  });
});
