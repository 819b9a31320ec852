// From the call that appends a runner's event to the moment an EventSource in Chromium has it. The way back to this
// process, by which the moment is taken, is counted too.
import type { Page } from "@playwright/test";
import { systemClock } from "#lib/clock.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { appendRunnerEvents } from "#lib/leases/service.ts";
import { openRawFloor } from "../dispatch/raw-floor.ts";
import { interleave, type Rounds } from "../interleave.ts";
import type { BenchBrowser } from "../place/browser.ts";
import type { BenchPlane } from "../place/plane.ts";
import type { BenchWork } from "../place/work.ts";
import type { Measure } from "../report.ts";

const SETTLE = 30;
const PATIENCE = 10_000;

interface Heard {
  /** Resolves when the browser has an event with this text. */
  untilHeard(text: string): Promise<void>;
}

/** Opens the run's stream in a page, in a document of the product's own origin. */
async function listen(page: Page, url: string, runId: string): Promise<Heard> {
  const waiting = new Map<string, () => void>();
  await page.exposeBinding("benchHeard", (_, text: string) => waiting.get(text)?.());
  await page.goto(`${url}/sign-in`);
  await page.evaluate(
    (address) =>
      new Promise<void>((resolve, reject) => {
        const source = new EventSource(address);
        source.onopen = () => resolve();
        source.onerror = () => reject(new Error("the stream did not open"));
        source.onmessage = ({ data }) => {
          const { kind, body } = JSON.parse(data) as { kind: string; body: { text?: string } };
          const report = (globalThis as unknown as { benchHeard: (text: string) => void }).benchHeard;
          if (kind === "note" && body.text) report(body.text);
        };
      }),
    `/api/runs/${runId}/events`,
  );
  return {
    untilHeard: (text) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`The browser never got “${text}”.`)), PATIENCE);
        waiting.set(text, () => {
          clearTimeout(timer);
          waiting.delete(text);
          resolve();
        });
      }),
  };
}

export async function measureEvents(
  plane: BenchPlane,
  work: BenchWork,
  { context }: BenchBrowser,
  rounds: Rounds,
): Promise<Measure[]> {
  const { runId } = await work.launch("Watched live");
  const lease = await grantLease(work.runner.scope, work.runner.id, work.request("agent"));
  if (lease?.runId !== runId) throw new Error("The run to be watched was not leased.");
  const page = await context.newPage();
  const floor = await openRawFloor(plane.urls.owner);
  try {
    const { untilHeard } = await listen(page, plane.url, runId);
    let sent = 0;
    const commits: number[] = [];
    const samples = await interleave(
      {
        browser: async () => {
          await systemClock.sleep(SETTLE);
          sent += 1;
          const text = `Event ${sent} of ${runId}`;
          const heard = untilHeard(text);
          const at = new Date().toISOString();
          const began = performance.now();
          await appendRunnerEvents(work.runner.scope, lease.leaseId, {
            attempt: lease.attempt,
            first: sent,
            events: [{ at, event: { kind: "note", body: { text } } }],
          });
          commits.push(performance.now() - began);
          await heard;
          return performance.now() - began;
        },
        raw: floor.notifyToListener,
      },
      rounds,
    );
    const counted = commits.slice(-samples.browser.length);
    return [
      {
        name: "Event, append → commit → browser",
        ours: { name: "append called → EventSource in Chromium", samples: samples.browser },
        peer: null,
        floor: { name: "NOTIFY → LISTEN", samples: samples.raw },
        goal: { kind: "milliseconds", most: 100 },
      },
      {
        name: "Event, the commit's part of it",
        ours: { name: "append called → durable", samples: counted },
        peer: null,
        floor: null,
        goal: { kind: "none" },
      },
    ];
  } finally {
    await floor.close();
    await page.close();
  }
}
