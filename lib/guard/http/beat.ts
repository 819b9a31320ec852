// The web process says every second that it answers: a runner's silence counts only while it could have been heard.
import { SECOND, systemClock } from "../../clock.ts";
import { newId } from "../../ids.ts";
import { beatProcess } from "../../leases/sweep-leases.ts";
import { makeScope } from "../../scope.ts";
import { webLogger } from "../core.ts";

/** Runs as long as the process; a beat that fails is reported once, and the next one is tried. */
export async function keepBeating(): Promise<never> {
  let failing = false;
  for (;;) {
    const scope = makeScope({
      actor: { kind: "system", name: "web" },
      grants: [],
      requestId: newId("request", systemClock.now()),
      clock: systemClock,
    });
    try {
      await beatProcess(scope, "web");
      failing = false;
    } catch (err) {
      if (!failing) webLogger().warn({ err }, "the database does not answer; leases are kept meanwhile");
      failing = true;
    }
    await systemClock.sleep(SECOND);
  }
}
