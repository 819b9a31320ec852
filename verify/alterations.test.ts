// Bundles that are well formed and signed, but for one thing that somebody might hope is passed over.
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./bundle.ts";
import { parsePolicy } from "./policy.ts";
import { textOf } from "./report.ts";
import { bundleLines, canonical, fileOf, type Json, type Leaf, streamed } from "./testing/build.ts";
import { batch, blob, entry, mergeLeaves, person, scene, witnessed } from "./testing/scene.ts";

type Members = { readonly [key: string]: Json };

async function verify(lines: readonly string[]): Promise<{ code: number; text: string }> {
  const report = await verifyBundle(streamed(fileOf(lines)), parsePolicy(witnessed));
  return { code: report.code, text: textOf(report) };
}
const verifyLeaves = (leaves: readonly Leaf[]) => verify(bundleLines(scene({ leaves })));

const system = { kind: "system", name: "worker" };
const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
const [diff, bundle] = [blob("diff", bytes, 100), blob("bundle", Buffer.from(bytes).reverse(), 100)];
const imported: Leaf = {
  body: entry("run.patch_imported", ["run:run_1"], system, {
    diff: diff.commitment,
    bundle: bundle.commitment,
  }),
  attached: [...diff.lines, ...bundle.lines],
};
const signedIn = (isHidden = false): Leaf => ({
  body: entry("person.signed_in", ["person:per_a"], system, {}),
  ...{ isHidden },
});
const leaves = [...mergeLeaves(), imported, ...[1, 2, 3, 4].map(() => signedIn(true)), signedIn()];
const lines = bundleLines(scene({ leaves }));
const at = (start: string, nth = 0) =>
  lines.flatMap((line, place) => (line.includes(start) ? place : []))[nth] ?? 0;
const edited = (place: number, members: object): string[] =>
  lines.with(place, canonical({ ...(JSON.parse(lines[place] ?? "") as Members), ...members }));
const kindOf = ({ body }: Leaf): string => (JSON.parse(body) as { kind: string }).kind;
test("all of it holds as it is, whatever bytes a blob has", async () => {
  expect(await verify(lines)).toMatchObject({ code: 0 });
});

describe("probe: a line", () => {
  test.each(["header", "entry", "node", "event", "document", "blob", "end"])(
    "of type %s with a member that it does not have, or without one, cannot be read",
    async (type) => {
      const place = at(`"type":"${type}"`);
      for (const name of ["zz", "__proto__", "constructor", "redacted"]) {
        const line = `{${[...Object.entries(JSON.parse(lines[place] ?? "") as Members), [name, true] as const]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`)
          .join(",")}}`;
        expect([name, (await verify(lines.with(place, line))).code]).toEqual([name, 2]);
      }
      for (const name of Object.keys(JSON.parse(lines[place] ?? "") as Members)) {
        const { [name]: _, ...rest } = JSON.parse(lines[place] ?? "") as Members;
        expect([name, (await verify(lines.with(place, canonical(rest)))).code]).toEqual([name, 2]);
      }
    },
  );

  test.each<[string, string, Members]>([
    ["another epoch", "header", { epoch: 2 }],
    ["an epoch as a text", "header", { epoch: "1" }],
    ["another size", "header", { size: 3 }],
    ["another origin", "header", { origin: "pilothouse/0123456789abcdef/2" }],
    ["another purpose", "header", { about: "whole" }],
    ["blobs as a text", "header", { blobs: "true" }],
    ["a format to come", "header", { format: "pilothouse-log/2" }],
    ["a part numbered by a text", "blob", { part: "0" }],
    ["a part that is not the first", "blob", { part: 1 }],
    ["an end told by a text", "blob", { last: "true" }],
    ["a salt in capitals", "blob", { salt: "A".repeat(64) }],
    ["a node of another level", "node", { level: 1 }],
    ["a node beyond doubles", "node", { level: 60 }],
    ["a node inside another", "node", { index: 1 }],
    ["half a node", "node", { index: 0.5 }],
    ["a number of lines as a text", "end", { lines: `${lines.length - 1}` }],
  ])("with %s is refused", async (_, type, members) => {
    expect([1, 2]).toContain((await verify(edited(at(`"type":"${type}"`), members))).code);
  });

  test.each(["01", "1.0", "1e0", "-0", "1e15", "9007199254740993"])(
    "of index %s is refused",
    async (index) => {
      const place = at('"index":1,"type":"entry"');
      const line = (lines[place] ?? "").replace('"index":1,', `"index":${index},`);
      expect([1, 2]).toContain((await verify(lines.with(place, line))).code);
    },
  );

  test.each([
    ["\\u0022", '\\"'],
    ["\\u005c\\u0022", '\\"'],
    ["\\/", "/"],
  ])("whose entry is written with %s for %s is refused", async (escaped, plain) => {
    const place = at("pilot.charter_written");
    const line = (lines[place] ?? "").replace(plain, escaped).replace("req_1", "req\\/1");
    expect(await verify(lines.with(place, line))).toMatchObject({ code: 2 });
  });
});

describe("probe: lines in another order", () => {
  test.each<[string, number, number, number[]]>([
    ["two events", at('"type":"event"'), at('"type":"event"', 1), [1]],
    ["a document and its entry", at('"type":"document"'), at('"type":"document"') - 1, [1, 2]],
    ["parts of two blobs", at('"name":"diff"', 4), at('"name":"bundle"'), [1]],
    ["an event and the entry after it", at('"type":"event"', 2), at('"type":"event"', 2) + 1, [1, 2]],
    ["a node and the entry after it", at('"type":"node"'), at('"type":"node"') + 1, [1]],
  ])("%s are refused", async (_, one, other, codes) => {
    const swapped = lines.with(one, lines[other] ?? "").with(other, lines[one] ?? "");
    expect(codes).toContain((await verify(swapped)).code);
  });
});

test("probe: a document again under another name is not cited by it", async () => {
  const place = at('"name":"decision"');
  const again = (lines[place] ?? "").replace('"name":"decision"', '"name":"state"');
  const more = [
    ...lines.toSpliced(place + 1, 0, again).slice(0, -1),
    `{"lines":${lines.length},"type":"end"}`,
  ];
  expect(await verify(more)).toMatchObject({
    code: 1,
    text: expect.stringContaining("does not cite the document state"),
  });
});

test("probe: one bit of a blob is enough, whatever byte it is in", async () => {
  for (const place of [0, 27, 28, 99]) {
    const changed = Buffer.from(String((diff.lines[1] as Members).base64), "base64");
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    const altered = edited(at('"part":1'), { base64: changed.toString("base64") });
    expect(await verify(altered)).toMatchObject({ code: 1 });
  }
});

test("probe: an event's body counts as it is written, and only written canonically", async () => {
  const event = batch(["a"]);
  const [line] = event.attached as [Members];
  expect(await verifyLeaves([event])).toMatchObject({ code: 0 });
  const bodies: Json[] = [{ 10: 1, 9: 2 }, { text: "a", "": null }, "a", null, [1]];
  for (const body of bodies) {
    const altered = { ...event, attached: [{ ...line, body }] };
    expect(await verifyLeaves([altered])).toMatchObject({ code: 1 });
  }
});

test("probe: an entry has a kind of its own, and not by what is inside it", async () => {
  expect(await verifyLeaves([{ body: '{"detail":{"kind":"run.merged"},"v":2}' }])).toMatchObject({ code: 2 });
  const [, ...more] = mergeLeaves();
  const subject = {
    body: canonical({ about: [["run:run_1"]], actor: {}, detail: {}, kind: "run.merged", v: 2 }),
  };
  expect(await verifyLeaves([...more, subject])).toMatchObject({ code: 1 });
});

describe("probe: a merge", () => {
  const [built, merged] = ["run.merge_commit_built", "run.merged"];
  const last = mergeLeaves().slice(-1);
  const committing = (leaf: Leaf): Leaf => ({ body: leaf.body.replace(/"commit":"c+",?/, "") });
  const approved = (v: Json, actor: object) =>
    mergeLeaves().map((leaf) => {
      if (kindOf(leaf) !== "gate.approval_given") return leaf;
      const of = JSON.parse(leaf.body) as { actor: { roles: Json } };
      const { roles: _, ...own } = of.actor;
      return { body: canonical({ ...of, v, actor: { ...own, ...actor } } as Json) };
    });

  const deputised = (absent: string) =>
    mergeLeaves().map((leaf, place, all) => {
      const isFirst = all.findIndex((one) => kindOf(one) === "gate.approval_given") === place;
      if (kindOf(leaf) !== "gate.approval_given" || isFirst) return leaf;
      const of = JSON.parse(leaf.body) as { detail: object };
      return { body: canonical({ ...of, detail: { ...of.detail, deputy_of: absent } } as Json) };
    });

  test("names whom a deputy approved for", async () => {
    const { text } = await verifyLeaves(deputised("per_x"));
    expect(text).toContain("per_b for per_x (reviewer)");
  });

  test.each<[string, Leaf[], string]>([
    ["approved for who launched it by a deputy of theirs", deputised("per_l"), "is by who launched the run"],
    ["approved twice for one, by themselves and a deputy", deputised("per_a"), "is that person's second"],
    ["decided after it took place", moved("run.merge_intended", merged), "the decision to merge it is not"],
    ["published a second time", [...mergeLeaves(), ...last], "the decision to merge it is not"],
    [
      "that names no commit",
      mergeLeaves().map((leaf) => ([built, merged].includes(kindOf(leaf)) ? committing(leaf) : leaf)),
      "the commit that was built",
    ],
    [
      "of no tree, under a document of none",
      mergeLeaves({ document: { tree: null }, intent: { tree: null } }),
      "another tree",
    ],
    ["under a document of no charter", mergeLeaves({ document: { charter: null } }), "another charter"],
    ["approved in version 1 with no roles", approved(1, { roles: [] }), "did not hold the role"],
    ["approved in version 1 with roles that are none", approved(1, { roles: null }), "did not hold the role"],
    ["approved in a version 1 that is a text", approved("1", {}), "did not hold the role"],
    [
      "approved by a runner of that name",
      approved(2, { kind: "runner", roles: ["security_lead", "reviewer"] }),
      "somebody else wrote it",
    ],
  ])("%s does not hold", async (_, altered, says) => {
    expect(await verifyLeaves(altered)).toMatchObject({ code: 1, text: expect.stringContaining(says) });
  });

  function moved(kind: string, behind: string): Leaf[] {
    const rest = mergeLeaves().filter((leaf) => kindOf(leaf) !== kind);
    const place = rest.findIndex((leaf) => kindOf(leaf) === behind) + 1;
    return rest.toSpliced(place, 0, ...mergeLeaves().filter((leaf) => kindOf(leaf) === kind));
  }
});

describe("probe: entries that say payloads were taken away", () => {
  const redacted = batch(["a", "b"], [1, 2]);
  const said = (events: Json, about = ["run:run_1"]): Leaf => ({
    body: entry("payload.redacted", about, person("per_a"), { events, blobs: 0, reached: ["events"] }),
  });

  test.each<[string, Leaf[], number]>([
    ["of as many", [said(2)], 0],
    ["of as many in two", [said(1), said(1)], 0],
    ["of one, naming the run twice", [said(1, ["run:run_1", "run:run_1"])], 1],
    ["of a number below nothing, and one above", [said(-1), said(1)], 1],
    ["of a fraction", [said(1.5)], 1],
    ["of a list", [said([2])], 1],
    ["of another run that begins the same", [said(2, ["run:run_11"])], 3],
  ])("%s", async (_, entries, code) => {
    expect((await verifyLeaves([redacted, ...entries])).code).toBe(code);
  });
});

test("probe: in a file of many blocks one altered entry is found in its place", async () => {
  const many = Array.from({ length: 5000 }, () => signedIn());
  const all = bundleLines(scene({ leaves: [...many, ...mergeLeaves()] }));
  expect(await verify(all)).toMatchObject({ code: 0 });
  const place = 4321;
  const broken = all.with(place, (all[place] ?? "").replace("person.signed_in", "person.\\n"));
  expect(await verify(broken)).toMatchObject({
    code: 2,
    text: expect.stringContaining(`Line ${place + 1}: `),
  });
  const gone = all.toSpliced(place, 1);
  expect(await verify(gone)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`entry ${place - 1}: `),
  });
});
