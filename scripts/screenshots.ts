// `npm run screenshots`: pictures of every page with the demo's data, light and dark, into docs/screenshots.
//   npm run screenshots                                   starts a deployment of its own, and stops it again
//   npm run screenshots -- --link http://…/link/…         uses one that runs; the one-time link is used up
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { STEPS } from "../components/pilots/wizard/steps.ts";
import { CHROMIUM } from "../e2e/fixtures/chromium.ts";
import { approve } from "../e2e/fixtures/decisions.ts";
import { demoPages } from "../e2e/fixtures/demo.ts";
import { startPlace } from "../e2e/fixtures/deployment.ts";
import { useLink } from "../e2e/fixtures/people.ts";
import { untilStatus } from "../e2e/fixtures/runs.ts";

const TARGET = new URL("../docs/screenshots", import.meta.url).pathname;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** For what a busy host takes, milliseconds. */
const PATIENCE = 120_000;
const SCHEMES = ["light", "dark"] as const;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly phone?: true;
  /** No live stream: nothing to wait for. */
  readonly quiet?: true;
  /** Taken with this opened by a click. */
  readonly opens?: RegExp;
}

function beforeDecision(run: string, pilot: string): Shot[] {
  return [
    { name: "home", path: "/" },
    { name: "inbox", path: "/inbox", phone: true },
    { name: "run", path: `/runs/${run}`, phone: true },
    { name: "run-artefacts", path: `/runs/${run}/artefacts`, phone: true },
    { name: "run-stop", path: `/runs/${run}`, phone: true, opens: /emergency stop/ },
    { name: "review", path: `/reviews/${run}`, phone: true },
    { name: "review-evidence", path: `/reviews/${run}?tab=evidence`, phone: true },
    { name: "review-document", path: `/reviews/${run}?tab=document` },
    { name: "review-approve", path: `/reviews/${run}`, phone: true, opens: /^Approve/ },
    { name: "runs", path: "/runs" },
    { name: "run-new", path: "/runs/new", quiet: true },
    { name: "comparisons", path: "/agents/compare" },
    { name: "comparison-new", path: "/agents/compare/new", quiet: true },
    { name: "procurement", path: "/agents/procurement", quiet: true },
    { name: "pilots", path: "/pilots" },
    { name: "pilot-charter", path: `/pilots/${pilot}?tab=charter` },
    { name: "pilot-new", path: "/pilots/new", quiet: true },
    ...STEPS.filter(({ key }) => key !== "goal").map(({ key }) => ({
      name: `pilot-new-${key}`,
      path: `/pilots/new?step=${key}`,
      quiet: true as const,
      ...(key === "controls" ? { phone: true as const } : {}),
    })),
    { name: "pilot-amend", path: `/pilots/${pilot}/charter`, quiet: true },
    { name: "setup", path: "/setup" },
    { name: "repositories", path: "/repositories" },
    { name: "deliveries", path: "/deliveries", phone: true, quiet: true },
    { name: "deliveries-incidents", path: "/deliveries?tab=incidents", quiet: true },
    { name: "repository-new", path: "/repositories/new", quiet: true },
    { name: "agents", path: "/agents", quiet: true },
    { name: "runners", path: "/runners" },
    { name: "stops", path: "/stops" },
    { name: "controls", path: "/controls", phone: true },
    { name: "findings", path: "/findings" },
    { name: "notices", path: "/notices", phone: true },
    { name: "people", path: "/settings/people", phone: true, quiet: true },
    { name: "groups", path: "/settings/groups", quiet: true },
    { name: "roles", path: "/settings/roles", phone: true, quiet: true },
    { name: "deputies", path: "/settings/deputies", quiet: true },
    { name: "sessions", path: "/settings/sessions", quiet: true },
    { name: "own-sign-in", path: "/settings/sign-in", quiet: true },
    { name: "passkeys", path: "/settings/passkeys", quiet: true },
    { name: "tokens", path: "/settings/tokens", quiet: true },
  ];
}

const afterMerge = (run: string, pilot: string, entry: string): Shot[] => [
  { name: "pilot", path: `/pilots/${pilot}` },
  { name: "pilot-hosts", path: `/pilots/${pilot}/hosts`, quiet: true },
  { name: "pilot-weekly", path: `/pilots/${pilot}/weekly`, quiet: true },
  { name: "pilot-exit", path: `/pilots/${pilot}/exit`, phone: true },
  { name: "pilot-releases", path: `/pilots/${pilot}/releases`, quiet: true },
  { name: "pilot-data", path: `/pilots/${pilot}?tab=data`, quiet: true },
  { name: "run-payloads", path: `/runs/${run}/payloads`, quiet: true },
  { name: "log", path: "/log", quiet: true },
  { name: "log-entry", path: entry, phone: true, quiet: true },
  { name: "log-access", path: "/log/access", quiet: true },
  { name: "kpis", path: `/kpis?pilot=${pilot}&kpi=throughput` },
  { name: "pilot-spend", path: `/pilots/${pilot}/spend`, phone: true },
  { name: "minutes", path: "/settings/minutes", quiet: true },
];

/** Fonts are there, React has taken over (times are relative then), and what streams is connected. */
async function settle(page: Page, { quiet }: Shot): Promise<void> {
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => {
    const button = document.querySelector("button");
    return button === null || Object.keys(button).some((key) => key.startsWith("__reactProps"));
  });
  if (!quiet) await page.locator(".live", { hasText: "Live" }).waitFor({ state: "attached" });
}

async function take(page: Page, shot: Shot, suffix: string): Promise<void> {
  const { name, path, opens } = shot;
  await page.goto(path);
  await settle(page, shot);
  if (opens) await page.getByRole("button", { name: opens }).click();
  if (path.startsWith("/reviews/") && !path.includes("tab="))
    await page.getByRole("region", { name: "Changes" }).locator("[data-line]").first().waitFor();
  await page.screenshot({
    path: join(TARGET, `${name}${suffix}.png`),
    animations: "disabled",
    caret: "hide",
  });
  console.log(`${name}${suffix}`);
}

async function takeAll(page: Page, shots: readonly Shot[]): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(DESK);
    // Forms and settings have no colours of their own: one picture of each is enough.
    const some = shots.filter(({ quiet }) => colorScheme === "light" || !quiet);
    for (const shot of some) await take(page, shot, `-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(PHONE);
  for (const shot of shots.filter(({ phone }) => phone)) await take(page, shot, "-phone-light");
}

async function open(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, ...options });
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

/** Path of the merge's entry, once it is signed. */
async function mergeEntry(page: Page): Promise<string> {
  const link = page.getByRole("table", { name: "Entries" }).getByRole("link").first();
  for (let path: string | null = null; ; await page.reload()) {
    await page.goto("/log?kind=run.merged");
    path = await link.getAttribute("href", { timeout: 2000 }).catch(() => null); // not indexed yet
    if (path === null) continue;
    await page.goto(path);
    const way = page.getByRole("list", { name: /^Way from the root to leaf/ });
    if ((await way.count()) > 0) return path;
  }
}

async function takeEverything(link: string): Promise<void> {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const baseURL = new URL(link).origin;
    const page = await open(browser, { baseURL });
    await takeAll(page, [{ name: "sign-in", path: "/sign-in", quiet: true }]);
    await useLink(page, link);
    const { run, pilot } = await demoPages(page);
    await takeAll(page, beforeDecision(run, pilot));
    await page.setViewportSize(DESK);
    await page.goto(`/reviews/${run}`);
    await approve(page, "Approve merge");
    await page.goto(`/runs/${run}`);
    await untilStatus(page, "merged", 60_000);
    await takeAll(page, afterMerge(run, pilot, await mergeEntry(page)));
  } finally {
    await browser.close();
  }
}

/** People and agents at work: stories leave their pictures, of asking, comments and what changed between attempts. */
async function takeStories(): Promise<void> {
  const env = { ...process.env, PILOTHOUSE_E2E_SHOTS: TARGET };
  const stories = ["steering.spec", "review.spec"];
  const [code] = await once(spawn("playwright", ["test", ...stories], { env, stdio: "inherit" }), "exit");
  if (code !== 0) throw new Error("A story did not go as it should; its pictures are not whole.");
}

const { values } = parseArgs({ options: { link: { type: "string" } } });
await mkdir(TARGET, { recursive: true });
if (values.link) {
  await takeEverything(values.link);
} else {
  const place = await startPlace((text) => void process.stdout.write(text));
  try {
    await takeEverything(place.links["engineering lead"] ?? "");
  } finally {
    await place.stop();
  }
  await takeStories();
}
