// Exports of a real journey, judged by the verifier.
import { describe, expect, test } from "vitest";
import type { Reader } from "../log-access/schema.ts";
import { entriesAbout } from "../testing/journey.ts";
import { linesOf, mergedScene, verified } from "../testing/merged-run.ts";
import { sequenceLog } from "../testing/notary.ts";
import { person, testScope } from "../testing/scopes.ts";
import { listExports, openExport, startExport } from "./export.ts";

const { database, clock, auditor, reader, runs, log } = await mergedScene();
const [first, second] = runs;

interface Line {
  readonly type: string;
  readonly name?: string;
  readonly index?: number;
  readonly body?: string;
}
const parsed = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);

async function exported(input: Partial<Parameters<typeof startExport>[2]> = {}): Promise<string[]> {
  const { id } = await startExport(auditor, reader, { withBlobs: true, ...input });
  return linesOf(await openExport(auditor, reader, id, 0));
}

const failures = async (lines: readonly string[]) => {
  const { code, unreadable, findings } = await verified(lines, log.folders.log);
  const against = findings.filter(({ outcome }) => outcome === "fails" || outcome === "not_shown");
  return { code, unreadable, against: against.map(({ says }) => says) };
};
const HOLDS = { code: 0, unreadable: null, against: [] };

describe("an export of everything", () => {
  test("is accepted by the verifier, with events, documents and blobs", async () => {
    const lines = await exported();
    expect(await failures(lines)).toEqual(HOLDS);
    const held = parsed(lines);
    expect(held.filter(({ type }) => type === "entry")).toHaveLength(log.signed?.size ?? 0);
    const names = new Set(held.flatMap(({ type, name }) => (name ? [`${type} ${name}`] : [])));
    expect([...names].sort()).toEqual([
      "blob bundle",
      "blob diff",
      "blob manifest",
      "document charter",
      "document decision",
      "document evidence",
      "document reason",
    ]);
    expect(held.some(({ type }) => type === "event")).toBe(true);
  });

  test("without payloads holds no event, blob or reason, and is accepted too", async () => {
    const lines = await exported({ withBlobs: false });
    expect(await failures(lines)).toEqual(HOLDS);
    const held = parsed(lines);
    expect(held.filter(({ type, name }) => type === "event" || type === "blob" || name === "reason")).toEqual(
      [],
    );
  });

  test("probe: any one changed byte of it makes the verifier refuse", async () => {
    const text = (await exported()).join("");
    for (let at = 7; at < text.length; at += Math.ceil(text.length / 60)) {
      const other = text[at] === "7" ? "8" : "7";
      const report = await failures([`${text.slice(0, at)}${other}${text.slice(at + 1)}`]);
      expect(report.code, `byte ${at} of ${text.length}`).not.toBe(0);
    }
  });

  test("is recorded with what it is pinned to", async () => {
    const { id } = await startExport(auditor, reader, { withBlobs: true });
    const size = log.signed?.size ?? 0;
    const detail = { epoch: 1, size, with_blobs: true, access: null };
    expect(await entriesAbout(database, `export:${id}`)).toEqual([{ kind: "log.export_started", detail }]);
    const listed = (await listExports(auditor, reader)).find((each) => each.id === id);
    expect(listed).toMatchObject({ size, pilotId: null, runId: null });
  });
});

describe("an export of one pilot", () => {
  test("shows that pilot's entries, stands in for others by hash, and is accepted", async () => {
    const lines = await exported({ pilotId: second.pilotId });
    expect(await failures(lines)).toEqual(HOLDS);
    const held = parsed(lines);
    expect(held.filter(({ type }) => type === "node").length).toBeGreaterThan(0);
    const text = lines.join("");
    expect(text).toContain(second.runId);
    expect(text).not.toContain(first.runId);
    expect(text).not.toContain(first.pilotId);
  });

  test("is what somebody gets who may read no more than that pilot", async () => {
    const narrow = testScope({ roles: [["auditor", first.pilotId]], actor: person("per_narrow"), clock });
    const own: Reader = { kind: "person", personId: "per_narrow" };
    const { id, pilotId } = await startExport(narrow, own, { withBlobs: false });
    expect(pilotId).toBe(first.pilotId);
    const text = (await linesOf(await openExport(narrow, own, id, 0))).join("");
    expect(text).not.toContain(second.runId);
    const other = startExport(narrow, own, { withBlobs: false, pilotId: second.pilotId });
    await expect(other).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("resuming", () => {
  test("gives the same bytes from any line, however the log has grown", async () => {
    const { id } = await startExport(auditor, reader, { withBlobs: true });
    const whole = await linesOf(await openExport(auditor, reader, id, 0));
    await startExport(auditor, reader, { withBlobs: false });
    await sequenceLog(database);
    for (const from of [1, 2, Math.floor(whole.length / 2), whole.length - 1]) {
      expect(await linesOf(await openExport(auditor, reader, id, from))).toEqual(whole.slice(from));
    }
  });

  test("probe: beyond the end is refused with the number of lines there are", async () => {
    const { id } = await startExport(auditor, reader, { withBlobs: false });
    const { length } = await linesOf(await openExport(auditor, reader, id, 0));
    for (const from of [length, length + 1, 1_000_000]) {
      await expect(openExport(auditor, reader, id, from)).rejects.toMatchObject({
        code: "bad_input",
        message: `There is no line ${from}: it has ${length}, counted from 0.`,
      });
    }
  });
});

describe("what is not given", () => {
  test("probe: somebody else's export is not there, whatever their role", async () => {
    const { id } = await startExport(auditor, reader, { withBlobs: false });
    for (const other of [
      { kind: "person", personId: "per_other" },
      { kind: "access", accessId: "per_auditor", withBlobs: true },
    ] as const) {
      await expect(openExport(auditor, other, id, 0)).rejects.toMatchObject({ code: "not_found" });
    }
    await expect(openExport(auditor, reader, "exp_nobody", 0)).rejects.toMatchObject({ code: "not_found" });
  });

  test("payloads to an access that was given without them, and to a role that may not see them", async () => {
    const without: Reader = { kind: "access", accessId: "acc_1", withBlobs: false };
    await expect(startExport(auditor, without, { withBlobs: true })).rejects.toMatchObject({
      code: "forbidden",
    });
    const administrator = testScope({ roles: ["administrator"], clock });
    const own: Reader = { kind: "person", personId: "per_test" };
    await expect(startExport(administrator, own, { withBlobs: true })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await startExport(administrator, own, { withBlobs: false })).withBlobs).toBe(false);
  });

  test("an export to who lost the permission since", async () => {
    const { id } = await startExport(auditor, reader, { withBlobs: false });
    const viewer = testScope({ roles: ["viewer"], actor: person("per_auditor"), clock });
    await expect(openExport(viewer, reader, id, 0)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a log that is not there", async () => {
    const missing = startExport(auditor, reader, { withBlobs: false, epoch: 7 });
    await expect(missing).rejects.toMatchObject({ code: "not_found" });
  });
});
