import { beforeEach, describe, expect, test } from "vitest";
import { read, transaction } from "../db.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, kindsAbout } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import {
  addRepository,
  findBaseBundle,
  findRepositoryState,
  getRepository,
  listRepositories,
  moveHead,
  recordBaseBundle,
  recordMirror,
  requestSync,
} from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const lead = testScope({ roles: ["engineering_lead"], clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const HEAD = "a".repeat(40);
const NEXT = "b".repeat(40);

const asWorker = <T>(work: () => Promise<T>): Promise<T> => asProcess(database, "worker", work);

async function jobsFor(repositoryId: string): Promise<number> {
  const { rows } = await database.owner.query(
    "select count(*)::int as n from pgboss.job where name = 'mirror_repository' and data ->> 'repositoryId' = $1",
    [repositoryId],
  );
  return rows[0].n;
}

let nth = 0;
let id = "";
beforeEach(async () => {
  nth += 1;
  ({ repositoryId: id } = await addRepository(lead, {
    name: `api-${nth}`,
    source: `/srv/git/api-${nth}`,
    authority: "upstream",
  }));
});

describe("a repository", () => {
  test("is written down, recorded and handed to the worker in one transaction", async () => {
    const repository = await getRepository(lead, id);
    expect(repository).toMatchObject({
      name: `api-${nth}`,
      sourceKind: "disk",
      state: "waiting",
      branch: null,
      problem: null,
    });
    expect(await jobsFor(id)).toBe(1);
    expect(await kindsAbout(database, `repository:${id}`)).toEqual(["repository.added"]);
    expect((await listRepositories(lead)).map((each) => each.id)).toContain(id);
  });

  test("is ready once the worker has mirrored it, as the worker's own database role", async () => {
    await asWorker(() =>
      recordMirror(worker, id, { outcome: "mirrored", branch: "main", head: HEAD, commits: 42 }),
    );
    expect(await getRepository(lead, id)).toMatchObject({
      state: "ready",
      branch: "main",
      headCommit: HEAD,
      commits: 42,
      mirroredAt: new Date(clock.now()),
    });
    expect(await kindsAbout(database, `repository:${id}`)).toEqual([
      "repository.added",
      "repository.mirrored",
    ]);
  });

  test("shows the problem in words and loses it with the next success", async () => {
    await recordMirror(worker, id, {
      outcome: "missing_branch",
      sentence: "There is no branch dev; the repository has main.",
    });
    expect(await getRepository(lead, id)).toMatchObject({
      state: "problem",
      problem: "missing_branch",
      problemDetail: "There is no branch dev; the repository has main.",
    });
    await requestSync(lead, id);
    expect((await getRepository(lead, id)).state).toBe("waiting");
    await recordMirror(worker, id, { outcome: "mirrored", branch: "main", head: HEAD, commits: 1 });
    expect(await getRepository(lead, id)).toMatchObject({
      state: "ready",
      problem: null,
      problemDetail: null,
    });
  });

  test("stays ready while it is looked at again", async () => {
    await recordMirror(worker, id, { outcome: "mirrored", branch: "main", head: HEAD, commits: 1 });
    await requestSync(lead, id);
    expect((await getRepository(lead, id)).state).toBe("ready");
  });

  test("has a name nobody else has", async () => {
    await expect(
      addRepository(lead, {
        name: `api-${nth}`,
        source: "/srv/other",
        authority: "upstream",
      }),
    ).rejects.toMatchObject({
      code: "refused",
      fields: { name: [expect.stringContaining("choose another name")] },
    });
  });

  test("a refused source is told beside its field and leaves nothing behind", async () => {
    await expect(
      addRepository(lead, { name: "evil", source: "ext::sh -c x", authority: "upstream" }),
    ).rejects.toMatchObject({
      code: "refused",
      fields: { source: [expect.stringContaining("helper program")] },
    });
    expect((await listRepositories(lead)).map((each) => each.name)).not.toContain("evil");
  });

  test("is not there under an unknown id", async () => {
    await expect(getRepository(lead, "rep_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(requestSync(lead, "rep_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(
      recordMirror(worker, "rep_nobody", { outcome: "unreachable", sentence: "x" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  test("is added and synchronised by people who operate the organisation only", async () => {
    for (const scope of [
      testScope({ roles: ["reviewer"] }),
      testScope({ roles: [["engineering_lead", "pil_1"]] }),
      testScope(),
    ]) {
      await expect(
        addRepository(scope, { name: "mine", source: "/srv/mine", authority: "upstream" }),
      ).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(requestSync(scope, id)).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});

describe("the head of a repository", () => {
  test("moves by one commit when it still is where the mover saw it", async () => {
    await recordMirror(worker, id, { outcome: "mirrored", branch: "main", head: HEAD, commits: 7 });
    await transaction(worker, (tx) => moveHead(tx, id, HEAD, NEXT));
    expect(await getRepository(lead, id)).toMatchObject({ headCommit: NEXT, commits: 8 });
    await expect(transaction(worker, (tx) => moveHead(tx, id, HEAD, NEXT))).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("a base bundle", () => {
  test("is known after the worker recorded it, and replaced by the next", async () => {
    await asWorker(async () => {
      await recordBaseBundle(worker, { repositoryId: id, commit: HEAD, sha256: "1".repeat(64), size: 10 });
      await recordBaseBundle(worker, {
        repositoryId: id,
        commit: HEAD,
        sha256: "2".repeat(64),
        size: 3_000_000_000,
      });
      expect(await read(worker, (db) => findBaseBundle(db, id, HEAD))).toEqual({
        repositoryId: id,
        commit: HEAD,
        sha256: "2".repeat(64),
        size: 3_000_000_000,
      });
    });
  });

  test("of another commit is none", async () => {
    expect(await read(worker, (db) => findBaseBundle(db, id, NEXT))).toBeNull();
    expect(await read(worker, (db) => findRepositoryState(db, "rep_nobody"))).toBeNull();
  });
});
