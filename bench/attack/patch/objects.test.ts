// That what must not be published would be seen if it were: planted by hand, in every way an object gets into a repository.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository, makeBlob, makeCommit, playGit } from "#lib/testing/git/author.ts";
import { objectsLeft, type Place, wordsLeft, writtenBy } from "./objects.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-objects-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SECRET = "hunter2hunter2";
const WORDS = { "a secret": SECRET };

const { path: owners, head: base } = createRepository(join(root, "owners"), { "src/a.js": "one\n" });
const [upstream, work] = [join(root, "upstream.git"), join(root, "agent")];
playGit("/", ["clone", "--quiet", "--bare", owners, upstream]);
playGit("/", ["clone", "--quiet", upstream, work]);
const middle = commitFiles(work, { "old/secret.txt": `${SECRET}\n` });
const head = commitFiles(work, { "old/secret.txt": null, "src/a.js": "two\n", "new/b.js": "b\n" });
const tree = playGit(work, ["rev-parse", `${head}^{tree}`]);
const [secretBlob = "", secretTree = ""] = [":old/secret.txt", ":old"].map((path) =>
  playGit(work, ["rev-parse", `${middle}${path}`]),
);
const written = { work, base };

const from = (path: string, commit: string, ref: string) =>
  playGit(work, ["push", "--quiet", "--force", path, `${commit}:${ref}`]);

/** A copy to which the approved tree was published as a commit of ours. */
function published(name: string): Place {
  const path = join(root, name);
  cpSync(upstream, path, { recursive: true });
  from(path, makeCommit(work, tree, [base], "Ours"), "refs/heads/main");
  // Ours is not the agent's: it was made here for want of a worker.
  playGit(work, ["prune", "--expire=now"]);
  return { name: "the mirror", path, approved: tree };
}

describe("what an agent wrote", () => {
  test("is every commit, tree and blob of its clone beyond the base and the tree that was approved", () => {
    const all = [head, middle, secretBlob, secretTree, playGit(work, ["rev-parse", `${middle}^{tree}`])];
    expect(writtenBy(written, tree).toSorted()).toEqual(all.toSorted());
    const unapproved = writtenBy(written, null);
    expect(unapproved).toEqual(expect.arrayContaining([tree, ...all]));
    expect(unapproved).not.toContain(base);
  });

  test("is not there where its tree alone was published", () => {
    const place = published("clean");
    expect([objectsLeft(written, place), wordsLeft(written, place, WORDS)]).toEqual([[], []]);
  });

  test("probe: is seen where it was published though nobody approved it", () => {
    const place = { ...published("unapproved"), approved: null };
    expect(objectsLeft(written, place).join()).toMatch(/ objects that the agent wrote, .*refs\/heads\/main/);
  });

  const planted: readonly [name: string, plant: (path: string) => void, expected: RegExp][] = [
    [
      "its last commit, under a ref that nobody looks at",
      (path) => from(path, head, "refs/hidden/agent"),
      /5 objects that the agent wrote, to which refs\/hidden\/agent leads/,
    ],
    [
      "its history, as a parent of what was merged",
      (path) => from(path, makeCommit(work, tree, [base, head], "Merge"), "refs/heads/main"),
      /to which refs\/heads\/main leads/,
    ],
    [
      "a middle commit's tree, under a tag",
      (path) => from(path, secretTree, "refs/tags/tree"),
      /2 objects .* to which refs\/tags\/tree leads/,
    ],
    [
      "a blob of a middle commit, to which nothing leads",
      (path) => void makeBlob(path, `${SECRET}\n`),
      new RegExp(`1 objects .* to which no ref leads: ${secretBlob} blob`),
    ],
  ];

  test.each(planted)("probe: %s is seen", (name, plant, expected) => {
    const place = published(name.replaceAll(/\W/g, "-"));
    plant(place.path);
    playGit(work, ["prune", "--expire=now"]);
    expect(objectsLeft(written, place)).toEqual([expect.stringMatching(expected)]);
  });

  test("probe: its words are seen in other objects than its own, and in the name of a ref", () => {
    const place = published("words");
    playGit(place.path, ["tag", "--annotate", "-m", `see ${SECRET}`, "v1", base]);
    expect(objectsLeft(written, place)).toEqual([]);
    expect(wordsLeft(written, place, WORDS)).toEqual(["in the mirror stands a secret"]);
    const other = published("ref");
    playGit(other.path, ["update-ref", `refs/heads/${SECRET}`, base]);
    expect(wordsLeft(written, other, WORDS)).toEqual(["in the mirror stands a secret"]);
  });
});
