import { describe, expect, test } from "vitest";
import { verifyBundle } from "./bundle.ts";
import { parsePolicy } from "./policy.ts";
import { type Report, textOf } from "./report.ts";
import { bundleLines, fileOf, type Json, type Leaf, streamed } from "./testing/build.ts";
import { batch, blob, entry, mergeLeaves, person, scene, witnessed } from "./testing/scene.ts";

const verify = (file: Uint8Array): Promise<Report> => verifyBundle(streamed(file), parsePolicy(witnessed));
const system = { kind: "system", name: "worker" };

describe("payloads", () => {
  const diff = blob("diff", Buffer.from("0123456789"), 4);
  const bytes = Buffer.from("0123456789");
  const gone = { type: "blob", name: "diff", commitment: diff.commitment, redacted: true };
  const said = (
    events: Json,
    blobs: Json,
    reached: Json = ["events", "search"],
    run = "run:run_1",
  ): Leaf => ({
    body: entry("payload.redacted", ["redaction:red_1", run], person("per_a"), { events, blobs, reached }),
  });
  const imported = entry("run.patch_imported", ["run:run_1"], system, { diff: diff.commitment });
  const verifyLeaves = (leaves: readonly Leaf[], blobs = true) =>
    verify(fileOf(bundleLines(scene({ leaves, blobs }))));
  const verifyLeaf = (attached: readonly Json[], body = imported) =>
    verify(fileOf(bundleLines(scene({ leaves: [{ body, attached }] }))));
  const [first, second, third] = diff.lines as { readonly [key: string]: Json }[];

  test.each<[string, Json[], number]>([
    ["whole", [...diff.lines], 0],
    ["twice", [...diff.lines, ...diff.lines], 1],
    ["of the last part alone", [third ?? {}], 1],
    ["in another order", [second ?? {}, first ?? {}, third ?? {}], 1],
    ["without its end", [first ?? {}, second ?? {}], 1],
    ["with another salt in one part", [first ?? {}, { ...second, salt: "0".repeat(64) }, third ?? {}], 1],
    ["with other bytes", [first ?? {}, { ...second, base64: "AAAA" }, third ?? {}], 1],
    ["under another name", diff.lines.map((line) => ({ ...(line as object), name: "bundle" })), 1],
    ["under a name of Object", diff.lines.map((line) => ({ ...(line as object), name: "constructor" })), 1],
    ["that is not base64", [{ ...first, base64: "AA=A" }], 2],
  ])("a blob %s", async (_, attached, code) => {
    expect((await verifyLeaf(attached)).code).toBe(code);
  });

  test("an entry's document is known by its digest, and an entry cites no other", async () => {
    const document = mergeLeaves()[0]?.attached ?? [];
    expect((await verifyLeaf(document, mergeLeaves()[0]?.body)).code).toBe(0);
    expect((await verifyLeaf(document)).code).toBe(1);
    expect((await verifyLeaf([...document, ...document], mergeLeaves()[0]?.body)).code).toBe(1);
    expect(
      (await verifyLeaf([{ ...(document[0] as object), text: "{}" }], mergeLeaves()[0]?.body)).code,
    ).toBe(1);
  });

  test("redacted ones are counted; an entry has to say that they were", async () => {
    const leaves = [batch(["a", "b", "c"], [1, 3]), { body: imported, attached: [gone] }];
    const silent = await verify(fileOf(bundleLines(scene({ leaves }))));
    expect([silent.code, textOf(silent)]).toEqual([
      3,
      expect.stringContaining("3 payloads of run:run_1 are left out"),
    ]);
    const report = await verifyLeaves([...leaves, said(2, 1)]);
    expect([report.code, textOf(report)]).toEqual([0, expect.stringContaining("Entry 2 says so")]);
  });

  test.each<[string, Leaf[], number, number]>([
    ["fewer events", [said(1, 1)], 1, 3],
    ["no blob", [said(2, 0)], 1, 3],
    ["numbers that are none", [said("2", true)], 1, 3],
    ["part of the events twice, the second time as the total", [said(1, 0, ["events"]), said(1, 1)], 1, 3],
    [
      "the same in two redactions",
      [said(1, 0), said(1, 0, ["events"]), said(1, 0, ["events"]), said(2, 1)],
      0,
      0,
    ],
    ["the same of another run", [said(2, 1, ["search"], "run:run_2")], 3, 3],
  ])("probe: more redacted than entries say is seen: %s", async (_, entries, whole, part) => {
    const leaves = [batch(["a", "b", "c"], [1, 3]), { body: imported, attached: [gone] }, ...entries];
    expect((await verifyLeaves(leaves)).code).toBe(whole);
    const hidden = { body: entry("person.signed_in", ["person:per_a"], system, {}), isHidden: true };
    expect((await verifyLeaves([...leaves, hidden])).code).toBe(part);
  });

  test("a blob that two entries cite is taken away once", async () => {
    const bundle = blob("bundle", Buffer.from("x"), 4).commitment;
    const cited = [
      entry("run.bundle_uploaded", ["run:run_1"], system, { commitment: bundle }),
      entry("run.patch_imported", ["run:run_1"], system, { bundle }),
    ];
    const line = { type: "blob", name: "bundle", commitment: bundle, redacted: true };
    const leaves = cited.map((body) => ({ body, attached: [line] }));
    expect((await verifyLeaves([...leaves, said(0, 1)])).code).toBe(0);
  });

  test("probe: a blob that is cited and does not follow is not shown; without payloads the file says so", async () => {
    const cited = {
      ...Object.fromEntries(["diff", "bundle", "manifest"].map((name) => [name, blob(name, bytes, 4)])),
    };
    const detail = Object.fromEntries(
      Object.entries(cited).map(([name, { commitment }]) => [name, commitment]),
    );
    const body = entry("run.patch_imported", ["run:run_1"], system, detail);
    const all = Object.values(cited);
    expect(
      (
        await verifyLeaf(
          all.flatMap(({ lines }) => lines),
          body,
        )
      ).code,
    ).toBe(0);
    for (const left of all) {
      const attached = all.filter((each) => each !== left).flatMap(({ lines }) => lines);
      const report = await verifyLeaf(attached, body);
      expect([report.code, textOf(report)]).toEqual([3, expect.stringContaining("1 blobs of run:run_1")]);
      expect((await verifyLeaves([{ body, attached }, said(0, 1)])).code).toBe(0);
    }
    const { commitment } = blob("bundle", bytes, 4);
    const uploaded = entry("run.bundle_uploaded", ["run:run_1"], system, { commitment });
    expect((await verifyLeaf([], uploaded)).code).toBe(3);
    const without = await verifyLeaves([{ body }, { body: uploaded }], false);
    expect([without.code, textOf(without)]).toEqual([
      0,
      expect.stringContaining("Payloads (events, blobs and reasons) are not in this file"),
    ]);
  });
});
