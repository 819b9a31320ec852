/**
 * Test files that need a process of their own: they replace modules, read the environment the way a process does, once,
 * or count what their process holds. All others share the process of their worker, which spares loading everything for
 * each of them.
 */
export const ALONE: readonly string[] = [
  "app/api/**/*.test.ts",
  "bench/place/work.test.ts",
  "gateway/main.test.ts",
  "lib/env.test.ts",
  "lib/guard/*.test.{ts,tsx}",
  "lib/jail/*.test.ts",
  "proxy.test.ts",
];
