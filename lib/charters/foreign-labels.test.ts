// Where a charter may work, by labels of repositories: at its writing, its activation and every launch.
import { beforeAll, describe, expect, test } from "vitest";
import { askActivation } from "../pilots/ask-activation.ts";
import type { Charter } from "../pilots/schema.ts";
import { createPilot } from "../pilots/write-charter.ts";
import { getRepository, labelRepository } from "../repositories/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import type { Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { kindsAbout } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let work: Awaited<ReturnType<typeof arrangeWork>>;
let lead: Scope;

beforeAll(async () => {
  work = await arrangeWork(seed);
  lead = await member(seed, "ada", "engineering_lead");
  await member(seed, "sam", "security_lead");
  await member(seed, "rita", "reviewer");
});

const label = (...labels: string[]) => labelRepository(lead, { repositoryId: work.repositoryId, labels });
const charterWith = (zone: Partial<Charter["scope"]>): Charter => {
  const charter = charterFor(seed, work.repositoryId);
  return { ...charter, scope: { ...charter.scope, ...zone } };
};
const launch = (pilotId: string, requestKey: string) =>
  launchRun(seed, { pilotId, agentId: work.agentId, title: "Repair", requestKey });

/** Past the services, as if it had been so for long. */
async function past(table: "repository" | "pilot", sql: string): Promise<void> {
  await database.owner.query(`alter table ${table} disable trigger user`);
  await database.owner.query(sql);
  await database.owner.query(`alter table ${table} enable trigger user`);
}

const FORBIDDEN = "The repository is labelled “pci”, and the charter lets nothing run there.";
const MISSING = "The charter is for repositories labelled “team-a”, and this one is not.";

describe("a charter that names repositories by label", () => {
  test("is held to it at each launch, whatever was so when it came into force", async () => {
    await label("team-a");
    const zone = { repositoryLabels: ["team-a"], forbiddenLabels: ["pci"] };
    const pilotId = await activePilot(seed, charterWith(zone));
    await launch(pilotId, "request-1");
    await label("pci", "team-a");
    await expect(launch(pilotId, "request-2")).rejects.toMatchObject({ code: "refused", message: FORBIDDEN });
    await past("repository", "update repository set labels = '{}'");
    await expect(launch(pilotId, "request-3")).rejects.toMatchObject({ code: "refused", message: MISSING });
    await past("pilot", "update pilot set status = 'completed'");
  });

  test("probe: keeps the labels it names on the repository: one person does not take off what two wanted", async () => {
    await label("pci", "team-a", "x");
    const zone = { repositoryLabels: ["team-a"] };
    await activePilot(seed, charterWith(zone));
    await label("team-a", "x");
    await label("team-a");
    await activePilot(seed, charterWith({ ...zone, forbiddenLabels: ["pci"] }));
    await label("pci", "team-a");
    const refusal = (message: RegExp) => ({ code: "refused", message: expect.stringMatching(message) });
    await expect(label("team-a")).rejects.toMatchObject(refusal(/^“pci” cannot be taken off.*\(Pilot \d+\)/));
    await expect(label()).rejects.toMatchObject(refusal(/\(Pilot \d+, Pilot \d+\)/));
    await expect(label("pci")).rejects.toMatchObject({
      fields: { labels: [expect.stringContaining("team-a")] },
    });
    expect((await getRepository(lead, work.repositoryId)).labels).toEqual(["pci", "team-a"]);
    await past("pilot", "update pilot set status = 'completed'");
    await label();
  });

  test("is not written for a repository out of bounds, nor activated on one that was labelled since", async () => {
    await label("pci");
    const draft = { name: "Payments", timeZone: "UTC", charter: charterWith({ forbiddenLabels: ["pci"] }) };
    await expect(createPilot(lead, draft)).rejects.toMatchObject({
      fields: { "scope.forbiddenLabels": [FORBIDDEN] },
    });
    await label();
    const { pilotId } = await createPilot(lead, draft);
    await label("pci");
    await expect(askActivation(lead, pilotId)).rejects.toMatchObject({
      ...{ code: "refused", message: FORBIDDEN, fields: { "scope.forbiddenLabels": [FORBIDDEN] } },
    });
    await label();
    expect((await askActivation(lead, pilotId)).gateId).toMatch(/^gat_/);
  });

  test("each change of labels is an entry, and what changes nothing is none", async () => {
    const about = `repository:${work.repositoryId}`;
    await label("x");
    const before = (await kindsAbout(database, about)).length;
    await label("x", "y");
    await label("x", "y");
    expect((await kindsAbout(database, about)).slice(before)).toEqual(["repository.labelled"]);
    expect((await getRepository(lead, work.repositoryId)).labels).toEqual(["x", "y"]);
  });
});
