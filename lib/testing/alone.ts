/**
 * Test files that need a process of their own: they replace modules, or read the environment the way a process does,
 * once. All others share the process of their worker, which spares loading everything for each of them.
 */
export const ALONE: readonly string[] = [
  "app/api/**/*.test.ts",
  "bench/place/work.test.ts",
  "lib/env.test.ts",
  "lib/guard/*.test.{ts,tsx}",
  "proxy.test.ts",
];
