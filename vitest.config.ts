import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { ALONE } from "./lib/testing/alone.ts";

const every = {
  // Bounds for what would never end, far beyond what anything takes on a host that is busy with other work.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 20_000 } },
  server: { deps: { inline: [/server-only/] } },
  alias: { "server-only": new URL("./lib/testing/server-only.ts", import.meta.url).pathname },
  setupFiles: ["./lib/testing/each-file.ts"],
};

/** Claude is its makers', under their terms: it is fetched and run only where whoever runs the tests asks for it. */
const CLAUDE = process.env.PILOTHOUSE_TEST_CLAUDE === "1" ? [] : ["runner/drivers/claude/real/**"];
const NEVER = ["**/node_modules/**", ".next/**", "e2e/**", "examples/**", "generated/**", ...CLAUDE];

export default defineConfig({
  test: {
    globalSetup: ["./lib/testing/global-setup.ts"],
    // A worker waits half of its time for the database, git and sandboxes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...every,
          name: "together",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...NEVER, ...ALONE],
          isolate: false,
        },
      },
      { test: { ...every, name: "alone", include: [...ALONE], exclude: NEVER } },
    ],
  },
});
