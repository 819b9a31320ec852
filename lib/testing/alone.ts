/**
 * Test files that need a process of their own. All others share the process of their worker, which spares loading
 * everything for each of them.
 */
export const ALONE: readonly string[] = [
  // They replace modules, or read the environment the way a process does, once.
  "app/*/sign-in/sso/*.test.ts",
  "app/api/**/*.test.ts",
  "components/shell/attended.test.ts",
  "gateway/main.test.ts",
  "lib/auth/{own-sessions,sign-in}.test.ts",
  "lib/auth/steps/*.test.ts",
  "lib/break-glass/sign-glass.test.ts",
  "lib/deliveries/{github,pagers}/*-calls.test.ts",
  "lib/env.test.ts",
  "lib/forges/connect-forge.test.ts",
  "lib/gates/step-up.test.ts",
  "lib/guard/*.test.{ts,tsx}",
  "lib/log/signed-approvals.test.ts",
  "lib/passkeys/passkeys.test.ts",
  "proxy.test.ts",
  // They start programs again and again, or count what their process holds. Starting one copies the page tables of the
  // process: 2 ms where it is small, 150 ms where it holds the 900 MB that a shared one grows to.
  "{bench,cli,notary,runner,scripts,witness,worker}/**/*.test.ts",
  "lib/{agent-programs,disk,jail,migrate,postgres,testing}/**/*.test.ts",
  "lib/asks/shell-line.test.ts",
  "lib/leases/*-journey.test.ts",
  "lib/redactions/carry-out.test.ts",
  "lib/repositories/keys/keys.test.ts",
  "verify/main.test.ts",
];
