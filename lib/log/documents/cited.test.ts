// Over the frozen examples of every kind of entry.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readEntry } from "../../record/rules.ts";
import { ENTRY_KINDS } from "../../record/schema.ts";
import { citedBy, mayCite, subjectId } from "./cited.ts";

const file = new URL("../../record/frozen-entries.jsonl", import.meta.url);
const texts = readFileSync(file, "utf8").trimEnd().split("\n");
const entries = texts.map((text) => ({ text, entry: readEntry(Buffer.from(text, "utf8")) }));
const newest = (kind: string) => entries.findLast(({ entry }) => entry.kind === kind && entry.v === 2)?.entry;

describe("what an entry cites", () => {
  test("is asked of every kind there is", () => {
    expect(new Set(entries.map(({ entry }) => entry.kind))).toEqual(new Set(ENTRY_KINDS));
  });

  test("is never missed by the quick look, and the quick look spares most kinds", () => {
    const missed = entries.filter(({ text, entry }) => citedBy(entry).length > 0 && !mayCite(text));
    expect(missed.map(({ entry }) => entry.kind)).toEqual([]);
    const spared = entries.filter(({ text }) => !mayCite(text));
    expect(spared.length).toBeGreaterThan(entries.length / 3);
  });

  test("probe: a text whose kind cannot be seen is read", () => {
    for (const text of ["", "{}", '{"kind":"x"}', "\u0000"]) expect(mayCite(text)).toBe(true);
  });

  test.each([
    ["pilot.charter_written", ["charter"]],
    ["pilot.activated", ["charter"]],
    ["gate.opened", ["decision"]],
    ["gate.approved", ["decision"]],
    ["run.evidence_recorded", ["evidence"]],
    ["run.bundle_uploaded", ["bundle"]],
    ["run.patch_imported", ["manifest", "diff", "bundle"]],
    ["run.events_appended", ["events"]],
    ["model.called", ["request"]],
    ["model.answered", ["response"]],
    ["message.sent", ["message"]],
    ["review.commented", ["comment"]],
    ["review.sent", []],
    ["message.undeliverable", ["reason"]],
    ["ask.opened", ["ask"]],
    ["run.paused", ["reason"]],
    ["ask.settled", []],
    ["snapshot.taken", []],
    ["model.refused", []],
    ["person.signed_in", []],
    ["run.merged", []],
  ])("of %s is %j", (kind, names) => {
    const entry = newest(kind);
    const cited = entry ? citedBy(entry) : [];
    expect(cited.map((each) => ("name" in each ? each.name : each.what))).toEqual(names);
  });

  test("takes a subject's id by its noun", () => {
    const about = ["gate:gat_1", "run:run_1"] as const;
    expect([subjectId({ about }, "run"), subjectId({ about }, "pilot")]).toEqual(["run_1", null]);
  });
});
