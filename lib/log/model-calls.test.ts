// Exports of a run that called a model, judged by the verifier: what was asked and answered, and what is left of it.
import { beforeAll, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { finishLease } from "../leases/service.ts";
import { createLogger } from "../logger.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import type { RequestItem } from "../model-calls/schema.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { canonicalText } from "../record/rules.ts";
import { orderRedaction } from "../redactions/order-redaction.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import { type BlobLine, exportsBy, judgedExport, textOf } from "../testing/judged-export.ts";
import { admitted, finalOf, intentOf, openModelScene, TASK, type Working } from "../testing/model-scene.ts";
import { sequenceLog, type TestLog } from "../testing/notary.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
let working: Working;
let log: TestLog;

const item = (text: string): RequestItem => ({ role: "user", bytes: Buffer.from(text) });
/** Longer than a part. */
const LONG = item("long ".repeat(120_000));

beforeAll(async () => {
  const scene = await openModelScene(database, clock);
  working = await scene.start();
  await asProcess(database, "gateway", async () => {
    const admission = await admitted(scene, working);
    const first = [item("one"), LONG];
    for (const requestItems of [first, [...first, item("two"), item("two")]]) {
      const intent = intentOf(admission, clock, { requestItems });
      await openCalls(scene.gateway, [intent]);
      await settleCalls(scene.gateway, [finalOf(intent, clock)]);
    }
  });
  const { leaseId, attempt } = working.assignment;
  await finishLease(scene.runner, leaseId, { outcome: "failed", attempt, reason: "over" });
  log = await sequenceLog(database);
});

const exported = exportsBy(clock);
const outcome = (lines: readonly string[]) => judgedExport(lines, log.folders.log);

describe("an export of a run that called a model", () => {
  test("shows task, requests and answers, each piece once, and holds", async () => {
    const { lines, blobs } = await exported();
    expect(await outcome(lines)).toEqual([0, null, []]);
    expect(textOf(blobs, "task")).toBe(TASK);
    expect(textOf(blobs, "response")).toBe("ANSWERWORD of a model".repeat(2));
    const items = blobs.filter(
      ({ name, last, elsewhere }) => name === "item" && (last === true || elsewhere === true),
    );
    // head, one, long; then head, one, long again, two, and two again
    expect(items.map(({ elsewhere = false }) => elsewhere)).toEqual([
      ...[false, false, false],
      ...[true, true, true, false, true],
    ]);
    expect(textOf(blobs, "item").match(/long /g)).toHaveLength(120_000);
  });

  test("probe: with a piece exchanged, left out, or put in another place it does not hold", async () => {
    const { lines } = await exported();
    const at = lines.flatMap((line, index) => (line.includes('"elsewhere":true') ? index : []));
    const [a = 0, b = 0] = at;
    const swapped = lines.map((line, index) =>
      index === a ? (lines[b] ?? "") : index === b ? (lines[a] ?? "") : line,
    );
    const fewer = lines.toSpliced(a, 1);
    for (const altered of [swapped, fewer]) {
      const [code] = await outcome(altered);
      expect(code).toBe(1);
    }
    const answer = lines.findIndex((line) => line.includes('"name":"response"'));
    const other = lines.with(
      answer,
      (lines[answer] ?? "").replace(/"base64":"[^"]{8}/, '"base64":"AAAAAAAA'),
    );
    expect((await outcome(other))[0]).toBe(1);
  });

  test("probe: with every piece only named, none of them shown, it is not whole", async () => {
    const { lines } = await exported();
    const named = lines.flatMap((line) => {
      const { type, name, commitment, last } = JSON.parse(line) as BlobLine & { readonly commitment: string };
      if (type !== "blob" || name !== "item" || last === undefined) return line;
      return last ? `${canonicalText({ type, name, commitment, elsewhere: true })}\n` : [];
    });
    const end = `${canonicalText({ type: "end", lines: named.length - 1 })}\n`;
    expect(await outcome(named.with(-1, end))).toEqual([3, null, []]);
  });

  test("without payloads shows none of it", async () => {
    const { lines, blobs } = await exported(false);
    expect(blobs).toEqual([]);
    expect(lines.join("")).not.toContain("ANSWERWORD");
    expect((await outcome(lines))[0]).toBe(0);
  });

  test("after a redaction says of each that it is gone, and holds", async () => {
    await orderRedaction(security, {
      runId: working.runId,
      kind: "all",
      seqs: [],
      reason: "A password was sent.",
    });
    const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
    await asProcess(database, "worker", () => carryOutRedactions(place, security));
    log = await sequenceLog(database);
    const { lines, blobs } = await exported();
    expect(new Set(blobs.map(({ redacted }) => redacted))).toEqual(new Set([true]));
    expect(blobs.map(({ name }) => name)).toEqual(expect.arrayContaining(["task", "item", "response"]));
    expect(await outcome(lines)).toEqual([0, null, []]);
  });
});
