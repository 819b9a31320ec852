// What is made from the sources: the database client, and the pages.
import { join } from "node:path";
import { runToEnd } from "./command.ts";
import { whenChanged } from "./stamps.ts";

const inheritedPath = (root: string) => `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`;

/** True if it was generated now. */
export function generateClient(root: string, signal?: AbortSignal): Promise<boolean> {
  const sources = ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"];
  const work = { root, name: "generate", sources, result: "generated/prisma/client.ts" };
  return whenChanged(work, async () => {
    const env = { PATH: inheritedPath(root), HOME: process.env.HOME };
    await runToEnd("Generating the database client", [process.execPath, "scripts/prisma.ts", "generate"], {
      cwd: root,
      env,
      signal,
    });
  });
}

const PAGE_SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "generated",
  "proxy.ts",
  "instrumentation.ts",
  "next.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** True if they were built now. */
export function buildPages(root: string, signal?: AbortSignal): Promise<boolean> {
  const work = { root, name: "build", sources: PAGE_SOURCES, result: ".next/BUILD_ID" };
  return whenChanged(work, async () => {
    const env = { PATH: inheritedPath(root), HOME: process.env.HOME, NEXT_TELEMETRY_DISABLED: "1" };
    const next = join(root, "node_modules/next/dist/bin/next");
    await runToEnd("Building the pages", [process.execPath, next, "build"], { cwd: root, env, signal });
  });
}
