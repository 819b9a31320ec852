import { beforeAll, describe, expect, test } from "vitest";
import { followLines } from "#lib/interdiff/line-map.ts";
import { filesOf, hunksOf } from "#lib/interdiff/unified.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openScene, type Scene, takeInFiles } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { DEFAULT_CAPS } from "../intake/caps.ts";
import { type ComparedSide, compareTrees } from "./compare-trees.ts";

const workshop = await testWorkshop();
let scene: Scene;
let [first, second]: ComparedSide[] = [];

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `line ${n + 1}\n`);

async function patchOf(files: Readonly<Record<string, string>>): Promise<ComparedSide> {
  playGit(scene.agent, ["checkout", "--quiet", "--force", scene.base]);
  const taken = await takeInFiles(scene, files);
  if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error(JSON.stringify(taken));
  return { bundle: taken.rebuilt.bundle.path, base: scene.base, tree: taken.patch.tree };
}

beforeAll(async () => {
  scene = await openScene(workshop, { "a.js": numbered(40).join(""), "b.js": "b\n" });
  const changed = numbered(40);
  changed[29] = "thirty\n";
  first = await patchOf({ "a.js": changed.join(""), "b.js": "first\n" });
  const later = ["head\n", ...changed];
  second = await patchOf({ "a.js": later.join(""), "b.js": "first\n", "bin.dat": "\0\u0001" });
});

const sides = () => {
  if (!first || !second) throw new Error("nothing was made yet");
  return { from: first, to: second };
};

describe("two attempts that are compared", () => {
  test("show what changed between them and nothing that both changed, and lines can be followed", async () => {
    const compared = await compareTrees(workshop, { mirror: scene.mirror, ...sides() });
    if (compared.outcome === "refused") throw new Error(compared.sentence);
    expect(compared.files.map(({ path, status, added }) => [path, status, added])).toEqual([
      ["a.js", "modified", 1],
      ["bin.dat", "added", null],
    ]);
    const [part = ""] = filesOf(compared.diff.toString("utf8"));
    expect(part).toContain("+head");
    expect(part).not.toContain("thirty");
    expect(followLines(hunksOf(part), 30, 30)).toEqual({ state: "moved", from: 31, to: 31 });
  });

  test("are refused where one is another than was taken in, and where the difference is too large to show", async () => {
    const { from, to } = sides();
    const order = { mirror: scene.mirror, from, to };
    const other = await compareTrees(workshop, { ...order, to: { ...to, tree: from.tree } });
    expect(other).toMatchObject({ outcome: "refused", sentence: expect.stringContaining("no longer what") });
    const caps = { ...DEFAULT_CAPS, diffBytes: 10 };
    const large = await compareTrees(workshop, { ...order, caps });
    expect(large).toMatchObject({
      outcome: "refused",
      sentence: expect.stringContaining("more than 10 bytes"),
    });
  });
});
