// The pinned Claude for tests. It is its makers', under their terms: it is fetched only where whoever runs the tests asks for it
// by PILOTHOUSE_TEST_CLAUDE=1; elsewhere these tests are reported as skipped.
import { CLAUDE } from "#lib/agent-programs/pins.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { installedProgram } from "./installed-codex.ts";

export const WITH_CLAUDE = process.env.PILOTHOUSE_TEST_CLAUDE === "1";

export const installedClaude = (sandbox: Sandbox) => installedProgram(CLAUDE, sandbox);
