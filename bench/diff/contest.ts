// One way to show a patch in a page of its own: opened, used at a quarter of the processor, weighed.
import { type Browser, type CDPSession, errors, type Page } from "@playwright/test";
import { type Figures, type Outcome, percentile } from "./figures.ts";

export type Who = "ours" | "pierre" | "diff2html" | "floor";

/** A line that stands in a hunk, by what each of them makes of it. */
const LINE: Readonly<Record<Who, string>> = {
  ours: ".dr .t",
  pierre: "[data-line]",
  diff2html: ".d2h-code-side-line",
  floor: ".plain",
};
const SCROLLER: Readonly<Record<Who, string>> = {
  ours: ".diff",
  pierre: ".peer",
  diff2html: ".peer",
  floor: ".peer",
};
const THROTTLE = 4;
const PAGES = 24;
const PRESSES = 12;
const WINDOWS = 6;
/** Until what a press asked for is drawn, also what was left for later: longer than scrolling and a pause take, milliseconds. */
const REST = 1000;
/** What only ours has keys for: next hunk and next file, back again. */
const OWN_KEYS = ["n", "n", "n", "j", "n", "j", "j", "n", "p", "k", "n", "j"];

interface Told {
  benchPainted: Promise<number>;
  benchEvents: { readonly id: number; readonly duration: number }[];
}

/** Runs before anything of the page: notes when a line was first painted, and what every key and press took. */
function watch(selector: string): void {
  const told = globalThis as unknown as Told;
  const deep = (root: Document | ShadowRoot): boolean =>
    [...root.querySelectorAll(selector)].some((each) => each.getBoundingClientRect().height > 0) ||
    [...root.querySelectorAll("*")].some((each) => each.shadowRoot !== null && deep(each.shadowRoot));
  told.benchPainted = new Promise((resolve) => {
    const look = () => {
      if (!deep(document)) return void requestAnimationFrame(look);
      requestAnimationFrame(() => resolve(performance.now()));
    };
    requestAnimationFrame(look);
  });
  told.benchEvents = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[])
      if (entry.interactionId) told.benchEvents.push({ id: entry.interactionId, duration: entry.duration });
  }).observe({ type: "event", buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
}

async function use(page: Page, who: Who): Promise<void> {
  const box = await page.locator(SCROLLER[who]).first().boundingBox();
  if (!box) throw new Error("Nothing to scroll.");
  const settle = () =>
    page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))),
    );
  for (let at = 0; at < PAGES; at++) {
    await page.keyboard.press("PageDown");
    await settle();
  }
  for (let at = 0; at < PRESSES; at++) {
    await page.mouse.click(box.x + box.width * 0.4, box.y + 80 + at * 40);
    await settle();
  }
  if (who !== "ours") return;
  for (const key of OWN_KEYS) {
    await page.keyboard.press(key);
    await settle();
  }
}

/** Processor time of the page's thread, whatever else the host does, for a window further. */
async function workOf(page: Page, session: CDPSession): Promise<number> {
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
  };
  const before = await busy();
  for (let at = 0; at < WINDOWS; at++) {
    await page.keyboard.press("PageDown");
    await page.evaluate((rest) => new Promise((done) => setTimeout(done, rest)), REST);
  }
  return ((await busy()) - before) / WINDOWS;
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const usage = (await session.send("Runtime.getHeapUsage")) as unknown as Record<string, number>;
  return (usage.usedSize ?? 0) + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}

/** From the last key of a search to its count, with everything read already. */
async function findOf(page: Page): Promise<number> {
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Find in the patch" });
  await field.fill("kept");
  await page.locator(".findbar [data-count]").waitFor();
  const took: number[] = [];
  for (const text of ["rows", "order", "const total", "no such text", "reduce"]) {
    took.push(
      await page.evaluate(async (value) => {
        const input = document.querySelector<HTMLInputElement>(".findbar input[type=search]");
        if (!input) throw new Error("No field.");
        const before = document.querySelector(".findbar [data-count]")?.getAttribute("data-turn");
        const began = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, value);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        for (;;) {
          await new Promise((done) => requestAnimationFrame(done));
          const now = document.querySelector(".findbar [data-count]");
          if (now && now.getAttribute("data-turn") !== before && now.getAttribute("data-for") === value)
            return performance.now() - began;
        }
      }, text),
    );
  }
  return percentile(took, 1);
}

async function measure(page: Page, url: string, who: Who): Promise<Figures> {
  const session = await page.context().newCDPSession(page);
  await page.addInitScript(watch, LINE[who]);
  await page.goto(`${url}/?who=${who}`, { waitUntil: "commit" });
  const firstHunk = await page.evaluate(() => (globalThis as unknown as Told).benchPainted);
  const find = who === "ours" ? await findOf(page) : null;
  if (find !== null) await page.keyboard.press("Escape");
  await page
    .locator(SCROLLER[who])
    .first()
    .evaluate((element: HTMLElement) => {
      element.tabIndex = 0;
      element.focus();
    });
  const work = await workOf(page, session);
  await session.send("Emulation.setCPUThrottlingRate", { rate: THROTTLE });
  await use(page, who);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const events = await page.evaluate(() => (globalThis as unknown as Told).benchEvents);
  const byInteraction = new Map<number, number>();
  for (const { id, duration } of events)
    byInteraction.set(id, Math.max(duration, byInteraction.get(id) ?? 0));
  const total = WINDOWS + PAGES + PRESSES + (who === "ours" ? OWN_KEYS.length : 0);
  const quick = Array<number>(Math.max(0, total - byInteraction.size)).fill(8);
  const heap = await heapOf(session);
  const { nodes } = (await session.send("Memory.getDOMCounters")) as { nodes: number };
  const inp = percentile([...byInteraction.values(), ...quick], 0.98);
  return { firstHunk, inp, work, interactions: total, nodes, heap, find };
}

/** Each in a context of its own; what takes longer than it may, or ends the page, is said. */
export async function contest(browser: Browser, url: string, who: Who, most: number): Promise<Outcome> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(most);
  const late = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(`did not finish within ${most / 1000} s`), most);
    page.once("close", () => clearTimeout(timer));
    page.once("crash", () => resolve("the page crashed"));
  });
  const figures = measure(page, url, who).catch((error: unknown) => {
    if (error instanceof errors.TimeoutError) return `did not finish within ${most / 1000} s`;
    return `did not finish: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  });
  try {
    return await Promise.race([figures, late]);
  } finally {
    await Promise.race([context.close(), new Promise((done) => setTimeout(done, 5000))]);
  }
}
