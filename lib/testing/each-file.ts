// Runs before each test file. Files share the process of their worker: what one changed in it is put back when it is
// over. Connections are closed by whoever opened them (database.ts).
import { afterAll, vi } from "vitest";

const before = { ...process.env };

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
