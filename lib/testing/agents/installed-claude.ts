// The pinned Claude for tests. It is its makers', under their terms: the tests that need it are run only where whoever runs
// them asks for it (vitest.config.ts).
import { CLAUDE } from "#lib/agent-programs/pins.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { installedProgram } from "./installed-codex.ts";

export const installedClaude = (sandbox: Sandbox) => installedProgram(CLAUDE, sandbox);
