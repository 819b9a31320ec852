import { describe, expect, test } from "vitest";
import type { Entry, EntryKind, Subject } from "../record/schema.ts";
import { detectNotice } from "./detect.ts";

const entry = (kind: EntryKind, detail: object = {}, about: Subject[] = []): Entry => ({
  ...{ v: 2, id: "ent_1", kind, about: [...about, "pilot:pil_1"], request: "req_1" },
  ...{ actor: { kind: "system", name: "worker" }, charter: null, before: null, after: null },
  detail: { ...detail },
});
const finding = (severity: string, suppression: string | null = null) =>
  entry(
    "finding.opened",
    {
      ...{ rule: "password_files", source: "conduct", severity, attempt: 1, seq: 1, call: null, patch: null },
      ...{ lease: null, suppression, evidence: "0".repeat(64) },
    },
    ["finding:fnd_1", "run:run_1"],
  );
const reason = { reason_sha256: "0".repeat(64) };

describe("what people are told of", () => {
  test.each([
    [entry("gate.opened", {}, ["gate:gat_1", "run:run_1"]), "gate_waiting", false],
    [entry("run.merged", {}, ["run:run_1"]), "run_finished", false],
    [entry("run.cancelled", {}, ["run:run_1"]), "run_finished", false],
    [entry("run.agent_finished", { attempt: 1, outcome: "no_change" }, ["run:run_1"]), "run_finished", false],
    [entry("run.failed", {}, ["run:run_1"]), "run_failed", false],
    [entry("pilot.paused", { from: "active", to: "paused", by: "person", ...reason }), "pilot_paused", false],
    [
      entry("pilot.paused", { from: "active", to: "paused", by: "tripwire", ...reason }),
      "pilot_paused",
      true,
    ],
    [entry("stop.pulled", {}, ["stop:stp_1"]), "stop_pulled", true],
    [finding("critical"), "grave_finding", true],
    [finding("high"), "grave_finding", true],
    [entry("channel.failing", { failures: 3 }, ["channel:chn_1"]), "deliveries_failing", false],
    [entry("break_glass.used", {}, ["run:run_1", "gate:gat_1"]), "glass_broken", true],
    [entry("person.emergency_signed_in", {}, ["person:per_1"]), "emergency_sign_in", true],
  ] as const)("%#: is of one kind, and grave or not", (happened, kind, grave) => {
    expect(detectNotice(happened, 5)).toMatchObject({ kind, grave, at: 5, pilotId: "pil_1" });
  });

  test.each([
    [finding("medium")],
    [finding("critical", "sup_1")],
    [entry("run.agent_finished", { attempt: 1, outcome: "patch" }, ["run:run_1"])],
    [entry("run.leased", {}, ["run:run_1"])],
    [entry("person.signed_in")],
  ])("%#: and of nothing else", (happened) => {
    expect(detectNotice(happened, 5)).toBeNull();
  });

  test("a gate has one key, whatever is written about it", () => {
    const opened = entry("gate.opened", {}, ["gate:gat_1"]);
    expect(detectNotice(opened, 1)?.key).toBe("gate:gat_1");
    expect(detectNotice({ ...opened, id: "ent_2" }, 2)?.key).toBe("gate:gat_1");
  });
});
