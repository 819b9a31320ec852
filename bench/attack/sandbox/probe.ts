// A process of the control plane under watch: one transaction after the other, as the runner API makes them, each told to
// the parent as `[when, milliseconds]`. Started by plane.ts with DATABASE_URL and the run's id.
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase, transaction } from "#lib/db.ts";
import { appendEvents } from "#lib/events/service.ts";
import { newId } from "#lib/ids.ts";
import { makeScope } from "#lib/scope.ts";

const EVERY = 20;

const scope = makeScope({
  actor: { kind: "system", name: "bench" },
  grants: [],
  requestId: newId("request"),
  clock: systemClock,
});
const runId = process.argv[2] ?? "";
let isOver = false;
process.once("SIGTERM", () => {
  isOver = true;
});
process.once("disconnect", () => {
  isOver = true;
});

while (!isOver) {
  const began = performance.now();
  const at = new Date(systemClock.now()).toISOString();
  const event = { kind: "note", body: { text: "The plane is asked." } } as const;
  await transaction(scope, (tx) =>
    appendEvents(tx, { runId, attempt: 1, observedBy: "worker", events: [{ at, event }] }),
  );
  process.send?.([systemClock.now(), performance.now() - began]);
  await systemClock.sleep(EVERY);
}
await disconnectDatabase();
process.disconnect?.();
