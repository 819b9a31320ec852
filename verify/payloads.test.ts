import { describe, expect, test } from "vitest";
import { verifyBundle } from "./bundle.ts";
import { parsePolicy } from "./policy.ts";
import { type Report, textOf } from "./report.ts";
import { bundleLines, fileOf, type Json, streamed } from "./testing/build.ts";
import { batch, blob, entry, mergeLeaves, person, scene, witnessed } from "./testing/scene.ts";

const verify = (file: Uint8Array): Promise<Report> => verifyBundle(streamed(file), parsePolicy(witnessed));
const system = { kind: "system", name: "worker" };

describe("payloads", () => {
  const diff = blob("diff", Buffer.from("0123456789"), 4);
  const imported = entry("run.patch_imported", ["run:run_1"], system, { diff: diff.commitment });
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
    const gone = { type: "blob", name: "diff", commitment: diff.commitment, redacted: true };
    const leaves = [batch(["a", "b", "c"], [1, 3]), { body: imported, attached: [gone] }];
    const silent = await verify(fileOf(bundleLines(scene({ leaves }))));
    expect([silent.code, textOf(silent)]).toEqual([
      3,
      expect.stringContaining("3 payloads of run:run_1 are left out"),
    ]);
    const said = {
      body: entry("payload.redacted", ["redaction:red_1", "run:run_1"], person("per_a"), { events: 2 }),
    };
    const report = await verify(fileOf(bundleLines(scene({ leaves: [...leaves, said] }))));
    expect([report.code, textOf(report)]).toEqual([0, expect.stringContaining("Entry 2 says so")]);
  });
});
