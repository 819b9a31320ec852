// From navigation to the first painted line of a hunk, on the real review page in Chromium, by the page's own clock,
// whose zero is the navigation. The floor is the same page with a patch of two lines.
import type { BrowserContext } from "@playwright/test";
import { interleave, type Rounds } from "../interleave.ts";
import type { BenchBrowser } from "../place/browser.ts";
import type { BenchPlane } from "../place/plane.ts";
import type { BenchWork } from "../place/work.ts";
import type { Measure } from "../report.ts";
import { makePatch, type PatchShape } from "./patch-text.ts";
import { seedReview } from "./seed-review.ts";

const PATIENCE = 30_000;

/** Runs in the page before anything of its own: notes when a line of a hunk was first painted. */
function watchForLine(): void {
  const holder = globalThis as unknown as { benchPainted: Promise<number> };
  const isShown = (line: Element | null | undefined) => (line?.getBoundingClientRect().height ?? 0) > 0;
  const isThere = () => [...document.querySelectorAll(".diff [data-line]")].some((each) => isShown(each));
  holder.benchPainted = new Promise((resolve) => {
    const look = () => {
      if (!isThere()) return void requestAnimationFrame(look);
      // Painted with this frame: the next one begins after it.
      requestAnimationFrame(() => resolve(performance.now()));
    };
    requestAnimationFrame(look);
  });
}

async function openReview(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  try {
    await page.addInitScript(watchForLine);
    await page.goto(address, { waitUntil: "commit" });
    const painted = page.evaluate(
      () => (globalThis as unknown as { benchPainted: Promise<number> }).benchPainted,
    );
    const timer = AbortSignal.timeout(PATIENCE);
    const late = new Promise<never>((_, reject) =>
      timer.addEventListener("abort", () => reject(new Error(`${address} showed no line of its diff.`)), {
        once: true,
      }),
    );
    return await Promise.race([painted, late]);
  } finally {
    await page.close();
  }
}

const SHAPES = {
  files: { files: 20, changedLines: 10_000 },
  single: { files: 1, changedLines: 10_000 },
  small: { files: 1, changedLines: 2 },
} as const satisfies Record<string, PatchShape>;

export async function measureDiff(
  plane: BenchPlane,
  work: BenchWork,
  { context }: BenchBrowser,
  rounds: Rounds,
): Promise<Measure[]> {
  const opener = async (shape: PatchShape) => {
    const address = `${plane.url}/reviews/${await seedReview(plane, work, makePatch(shape))}`;
    return () => openReview(context, address);
  };
  const samples = await interleave(
    {
      files: await opener(SHAPES.files),
      single: await opener(SHAPES.single),
      small: await opener(SHAPES.small),
    },
    rounds,
  );
  const floor = { name: "the same page with a patch of 2 lines", samples: samples.small };
  const goal = { kind: "milliseconds", most: 1000 } as const;
  const shared = { peer: null, floor, goal };
  const name = "navigation → first painted line of a hunk";
  return [
    { name: "Diff of 10,000 lines in 20 files opens", ours: { name, samples: samples.files }, ...shared },
    { name: "Diff of 10,000 lines in one file opens", ours: { name, samples: samples.single }, ...shared },
  ];
}
