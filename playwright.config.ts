// The browser tests: one deployment for all of them, started by e2e/fixtures/global-setup.ts as an operator would
// start it. The pages have to be built before (npm test does).
import { defineConfig, devices } from "@playwright/test";
import { CHROMIUM } from "./e2e/fixtures/chromium.ts";

/** The demo's run is in review until the last of them merges it. */
const PAGES = [
  "accessibility.spec.ts",
  "charter.spec.ts",
  "controls.spec.ts",
  "deliveries.spec.ts",
  "denied-launch.spec.ts",
  "denied.spec.ts",
  "first-run.spec.ts",
  "log-events.spec.ts",
  "notices.spec.ts",
  "passkeys.spec.ts",
  "sign-in.spec.ts",
  "weekly.spec.ts",
].map((name) => `**/${name}`);

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  globalSetup: "./e2e/fixtures/global-setup.ts",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false,
  // Two lanes beside each other, each in the order of its files: stories that need the runners would take them from
  // each other; pages are looked at meanwhile.
  projects: [
    { name: "pages", testMatch: PAGES, workers: 1 },
    { name: "runs", testIgnore: PAGES, workers: 1 },
  ],
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    launchOptions: CHROMIUM,
    reducedMotion: "reduce",
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    screenshot: "only-on-failure",
  },
});
