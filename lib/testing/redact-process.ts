// Carries out one redaction as a process of its own, so that a test can kill it.
import { createLogger } from "#lib/logger.ts";
import { carryOutRedaction } from "#worker/redaction/carry-out-redactions.ts";
import { systemActor, testScope } from "./scopes.ts";

const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
await carryOutRedaction(place, testScope({ actor: systemActor("worker") }), process.argv[2] ?? "");
