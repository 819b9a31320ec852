// One Chromium with the lead's session, as the browser tests start it.
import { type BrowserContext, chromium } from "@playwright/test";
import { CHROMIUM } from "#e2e/fixtures/chromium.ts";
import type { BenchWork } from "./work.ts";

export interface BenchBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser(url: string, { cookie }: BenchWork): Promise<BenchBrowser> {
  const browser = await chromium.launch(CHROMIUM);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ ...cookie, url, httpOnly: true, sameSite: "Lax" }]);
  return { context, close: () => browser.close() };
}
