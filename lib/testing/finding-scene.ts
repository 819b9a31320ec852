// What tests of findings begin with: runs, people who decide, and the worker that follows the log.
import { transaction } from "../db.ts";
import { appendEvents } from "../events/service.ts";
import { ruleOf } from "../findings/catalog.ts";
import { followLog } from "../findings/follow-log.ts";
import { openFindings } from "../findings/open-findings.ts";
import type { DismissFinding, FindingView, Sighting } from "../findings/schema.ts";
import { listFindingsOfRun } from "../findings/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "./arrange.ts";
import { asProcess } from "./journey.ts";
import { sequenceLog } from "./notary.ts";
import { type RunScene, runScene } from "./run-scene.ts";
import { systemActor, testScope } from "./scopes.ts";

export interface FindingScene extends RunScene {
  /** The person sam, a security lead, and lea, an engineering lead. */
  readonly security: Scope;
  readonly lead: Scope;
  asWorker<T>(work: (scope: Scope) => Promise<T>): Promise<T>;
  /** Events of the first attempt, as its runner sends them. */
  append(runId: string, ...events: NewEvent[]): Promise<number>;
  /** Numbered by the notary, then looked at by the worker. Gives how many findings were opened. */
  watched(): Promise<number>;
  open(runId: string | null, ...sightings: Sighting[]): Promise<unknown>;
  sighting(rule: string, more?: Partial<Sighting>): Sighting;
  /** The run's finding; it must have exactly one. */
  onlyFinding(runId: string): Promise<FindingView>;
  dismissal(finding: FindingView, more?: Partial<DismissFinding>): DismissFinding;
}

export async function findingScene(): Promise<FindingScene> {
  const scene = await runScene();
  const { database, clock, seed } = scene;
  const worker = testScope({ actor: systemActor("worker"), clock });
  const security = await member(seed, "sam", "security_lead");
  const lead = await member(seed, "lea", "engineering_lead");
  const asWorker = <T>(work: (scope: Scope) => Promise<T>) =>
    asProcess(database, "worker", () => work(worker));
  return {
    ...scene,
    ...{ security, lead, asWorker },
    append: (runId, ...events) =>
      transaction(worker, (tx) =>
        appendEvents(tx, {
          ...{ runId, attempt: 1, observedBy: "runner" },
          events: events.map((event) => ({ at: new Date(clock.now()).toISOString(), event })),
        }),
      ),
    async watched() {
      await sequenceLog(database);
      return asWorker(followLog);
    },
    open: (runId, ...sightings) =>
      asWorker((scope) => transaction(scope, (tx) => openFindings(tx, scope, runId, sightings))),
    sighting: (id, more = {}) => ({
      ...{ rule: ruleOf(id, { source: "conduct", severity: "high" }) },
      ...{ subject: "", at: clock.now(), attempt: 1, seq: 1 },
      ...{ evidence: { text: "cat /etc/shadow", path: null, line: null }, ...more },
    }),
    async onlyFinding(runId) {
      const [finding, ...others] = await listFindingsOfRun(security, runId);
      if (!finding || others.length > 0) throw new Error(`not one finding, but ${others.length + 1}`);
      return finding;
    },
    dismissal: (finding, more = {}) => ({
      ...{ findingId: finding.id, scope: "finding", path: "", reason: "A fixture of the tests.", days: 7 },
      ...{ ownerId: actorId(security.actor), ...more },
    }),
  };
}
