import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["node_modules/**", ".next/**", "e2e/**", "examples/**", "generated/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ["./lib/testing/global-setup.ts"],
    server: { deps: { inline: [/server-only/] } },
    alias: { "server-only": new URL("./lib/testing/server-only.ts", import.meta.url).pathname },
  },
});
