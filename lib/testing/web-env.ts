// The environment of a web process over a test's database. Call it before the first use of lib/env.
import { tmpdir } from "node:os";
import { join } from "node:path";

export const TEST_URL = "http://localhost:4300";

export function webTestEnv(): void {
  process.env.PILOTHOUSE_URL = TEST_URL;
  process.env.PILOTHOUSE_SESSION_SECRET = "a secret that only tests know, long enough";
  process.env.PILOTHOUSE_DATA ??= join(tmpdir(), "pilothouse-test-web");
  process.env.PILOTHOUSE_BLOBS ??= join(tmpdir(), "pilothouse-test-web", "blobs");
}
