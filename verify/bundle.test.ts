import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./bundle.ts";
import { parsePolicy } from "./policy.ts";
import { type Report, textOf } from "./report.ts";
import { bundleLines, checkpointNote, fileOf, hashesOf, type Leaf, streamed } from "./testing/build.ts";
import {
  batch,
  entry,
  log,
  mergeLeaves,
  ORIGIN,
  scene,
  unwitnessed,
  witness,
  witnessed,
} from "./testing/scene.ts";

const verify = (file: Uint8Array, policy = witnessed, old: string[] = []): Promise<Report> =>
  verifyBundle(streamed(file), parsePolicy(policy), {
    old: old.map((note) => Buffer.from(note).toString("binary")),
  });

const system = { kind: "system", name: "worker" };
const others = (count: number): Leaf[] =>
  Array.from({ length: count }, (_, at) => ({
    body: entry("person.signed_in", [`person:per_${at}`], system, {}),
  }));
const hidden = (leaves: readonly Leaf[]): Leaf[] =>
  leaves.map((leaf) => ({ ...leaf, isHidden: true, attached: [] }));

/** Replaces the lines a test is about; the end line is counted again. */
function edited(lines: readonly string[], edit: (lines: string[]) => string[]): Buffer {
  const body = edit(lines.slice(0, -1));
  return fileOf([...body, `{"lines":${body.length},"type":"end"}`]);
}

describe("a whole bundle", () => {
  test("holds, and every check says so in a line", async () => {
    const report = await verify(fileOf(bundleLines(scene())));
    expect(report.findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      "format holds",
      "checkpoint holds",
      "checkpoint holds",
      "tree holds",
      "contents holds",
      "merges holds",
      "merges holds",
    ]);
    expect(report.code).toBe(0);
    expect(textOf(report)).toContain(
      "2 of 2 needed approved exactly this: per_a (security_lead), per_b (reviewer)",
    );
  });

  test("without witnesses in the policy it is said that nobody outside vouches", async () => {
    const report = await verify(fileOf(bundleLines(scene())), unwitnessed);
    expect([report.code, textOf(report)]).toEqual([0, expect.stringContaining("nobody outside vouches")]);
  });

  test("of an empty log holds too", async () => {
    expect((await verify(fileOf(bundleLines(scene({ leaves: [] }))))).code).toBe(0);
  });

  test("is read the same however the stream cuts it", async () => {
    const file = fileOf(bundleLines(scene()));
    for (const size of [1, 7, 100]) {
      expect((await verifyBundle(streamed(file, size), parsePolicy(witnessed))).code).toBe(0);
    }
  });

  test("with leaves left out holds as far as it shows", async () => {
    const leaves = [
      ...hidden(others(5)),
      ...mergeLeaves(),
      ...hidden(others(100)),
      ...others(1),
      ...hidden(others(3)),
    ];
    const report = await verify(fileOf(bundleLines(scene({ leaves, about: "dossier" }))));
    expect([report.code, textOf(report)]).toEqual([0, expect.stringContaining("108 of them are left out")]);
  });
});

describe("changed by one byte", () => {
  const file = fileOf(
    bundleLines(
      scene({ leaves: [...hidden(others(2)), ...mergeLeaves(), ...hidden(others(3))], about: "dossier" }),
    ),
  );

  test("probe: no bundle is accepted, whichever byte it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ by;
        const { code, findings, unreadable } = await verify(changed);
        expect(code).not.toBe(0);
        expect(unreadable !== null || findings.some(({ outcome }) => outcome !== "holds")).toBe(true);
      }),
      { numRuns: 700 },
    );
  });

  test("probe: cut anywhere it is not accepted", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
        expect([1, 2]).toContain((await verify(file.subarray(0, length))).code);
      }),
      { numRuns: 200 },
    );
  });
});

describe("entries", () => {
  const leaves = [...others(6), batch(["a", "b"]), ...others(2)];
  const lines = bundleLines(scene({ leaves }));
  const at = (number: number) => `entry ${number}: `;

  test.each<[string, (lines: string[]) => string[], string]>([
    ["deleted", (all) => all.toSpliced(3, 1), at(2)],
    ["twice", (all) => all.toSpliced(3, 0, all[3] ?? ""), at(3)],
    ["in another order", (all) => all.toSpliced(2, 2, all[3] ?? "", all[2] ?? ""), at(1)],
    ["cut off at the end", (all) => all.slice(0, -2), "Entries 7 to 8 are missing"],
    ["added at the end", (all) => [...all, (all[2] ?? "").replace('"index":1', '"index":9')], at(9)],
    ["edited", (all) => all.with(2, (all[2] ?? "").replace("per_1", "per_9")), "another root"],
    ["given another place", (all) => all.with(2, (all[2] ?? "").replace('"index":1', '"index":8')), at(1)],
  ])("probe: one %s is found", async (_, edit, says) => {
    const report = await verify(edited(lines, edit));
    expect([report.code, textOf(report)]).toEqual([1, expect.stringContaining(says)]);
  });

  test.each<[string, string, string]>([
    ["an event of another text", '"text":"b"', '"text":"c"'],
    ["an event of another run", '"run":"run_1"', '"run":"run_2"'],
    ["an event of another number", '"seq":2', '"seq":3'],
    ["an event of another time", '"at":"2030-01-01T00:00:00.000Z"', '"at":"2030-01-01T00:00:00.001Z"'],
    ["an event with another salt", '"salt":"', '"salt":"00'],
  ])("probe: %s is found", async (_, from, to) => {
    const changed = lines.map((line) =>
      line.startsWith('{"at"')
        ? line.replace(from, to).replace(/"salt":"00(.*)..","seq"/, '"salt":"00$1","seq"')
        : line,
    );
    const report = await verify(fileOf(changed));
    expect([report.code, textOf(report)]).toEqual([1, expect.stringContaining("entry 6: ")]);
  });

  test("probe: of a batch all events follow, or none", async () => {
    const less = await verify(edited(lines, (all) => all.filter((line) => !line.includes('"text":"b"'))));
    expect([less.code, textOf(less)]).toEqual([1, expect.stringContaining("binds 2 events and 1 follow")]);
    const none = await verify(edited(lines, (all) => all.filter((line) => !line.startsWith('{"at"'))));
    expect([none.code, textOf(none)]).toEqual([
      3,
      expect.stringContaining("The events of 1 batches are not in this file"),
    ]);
  });

  test("a line of who made the file, that what is stored is not what was signed, fails with its words", async () => {
    const broken = '{"index":3,"type":"broken","why":"Entry 3 is gone."}';
    const report = await verify(fileOf([...lines.slice(0, 4), broken]));
    expect([report.code, textOf(report)]).toEqual([
      1,
      expect.stringContaining("entry 3: Whoever made this file"),
    ]);
  });
});

describe("old checkpoints", () => {
  const leaves = [...others(9), ...mergeLeaves()];
  const file = fileOf(bundleLines(scene({ leaves })));
  const noteOf = (all: readonly Leaf[], signer = log) => checkpointNote(ORIGIN, hashesOf(all), [signer]);

  test("of every size hold when the log begins with them", async () => {
    const old = [0, 1, 2, 7, 8, 9, leaves.length].map((size) => noteOf(leaves.slice(0, size)));
    const report = await verify(file, witnessed, old);
    expect(report.code).toBe(0);
    expect(
      report.findings.filter(({ check, outcome }) => check === "old" && outcome === "holds"),
    ).toHaveLength(7);
  });

  test.each<[string, readonly Leaf[], string]>([
    ["another beginning", [...others(3), ...leaves.slice(3, 8)], "does not begin with"],
    ["more entries", [...leaves, ...others(1)], "The log was cut"],
  ])("probe: with %s fail", async (_, all, says) => {
    const report = await verify(file, witnessed, [noteOf(all)]);
    expect([report.code, textOf(report)]).toEqual([1, expect.stringContaining(says)]);
  });

  test("probe: that nobody signed, or of another log, prove nothing", async () => {
    const forged = await verify(file, witnessed, [noteOf(leaves.slice(0, 3), witness)]);
    expect([forged.code, textOf(forged)]).toEqual([1, expect.stringContaining("did not sign")]);
    const foreign = checkpointNote("pilothouse/0123456789abcdef/2", [], [log]);
    expect((await verify(file, witnessed, [foreign])).code).toBe(3);
    expect((await verify(file, witnessed, ["nonsense"])).code).toBe(2);
  });

  test("inside what is left out cannot be shown, and at its border can", async () => {
    const dossier = fileOf(
      bundleLines(scene({ leaves: [...hidden(leaves.slice(0, 9)), ...leaves.slice(9)] })),
    );
    expect((await verify(dossier, witnessed, [noteOf(leaves.slice(0, 8))])).code).toBe(0);
    const inside = await verify(dossier, witnessed, [noteOf(leaves.slice(0, 5))]);
    expect([inside.code, textOf(inside)]).toEqual([
      3,
      expect.stringContaining("cannot show that the log begins with it"),
    ]);
  });
});
