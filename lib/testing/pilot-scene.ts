// What tests of pilots begin with: a repository that was read, and the people a charter needs.
import type { Charter } from "../pilots/schema.ts";
import { createPilot } from "../pilots/write-charter.ts";
import type { Scope } from "../scope.ts";
import { charterFor, member, readyRepository } from "./arrange.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { kindsAbout } from "./journey.ts";
import { systemActor, type TestClock, testClock, testScope } from "./scopes.ts";

export interface PilotScene {
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** The installation itself. */
  readonly seed: Scope;
  readonly charter: Charter;
  readonly lead: Scope;
  readonly reviewer: Scope;
  /** A pilot of the lead's that nobody has activated. */
  draft(name?: string): ReturnType<typeof createPilot>;
  /** Kinds of the entries about a pilot, oldest first. */
  kindsOf(pilotId: string): Promise<string[]>;
}

export async function pilotScene(): Promise<PilotScene> {
  const database = await testDatabase("web");
  const clock = testClock();
  const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
  const charter = charterFor(seed, await readyRepository(seed));
  const lead = await member(seed, "ada", "engineering_lead");
  return {
    ...{ database, clock, seed, charter, lead },
    reviewer: await member(seed, "bo", "reviewer"),
    draft: (name = "Nightly") => createPilot(lead, { name, timeZone: "Europe/Berlin", charter }),
    kindsOf: (pilotId) => kindsAbout(database, `pilot:${pilotId}`),
  };
}
