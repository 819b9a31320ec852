import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { measureSandbox } from "./measure.ts";

test("a sandbox, bare bubblewrap and a plain process are started by turns and timed alike", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-bench-test-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [start, whole] = await measureSandbox(folder, { rounds: 2, warmUp: 1 });
  expect(start?.goal).toEqual({ kind: "times_peer", most: 2 });
  for (const measure of [start, whole]) {
    for (const series of [measure?.ours, measure?.peer, measure?.floor]) {
      expect(series?.samples).toHaveLength(2);
      for (const sample of series?.samples ?? []) expect(sample).toBeGreaterThan(0);
    }
  }
  whole?.ours.samples.forEach((end, index) => {
    expect(end).toBeGreaterThanOrEqual(start?.ours.samples[index] ?? Number.POSITIVE_INFINITY);
  });
});
