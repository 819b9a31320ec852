// Several programs ask for the same release: whoever answers for one of them decides nothing of it.
import { beforeAll, expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { makeScope, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { entriesAbout } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { askRelease } from "./ask-release.ts";

const { database, clock, seed, work, reviewed } = await runScene();
const idOf = ({ actor }: Scope): string => ("personId" in actor ? actor.personId : "");

function program(personId: string): Scope {
  const actor = { kind: "token", personId, tokenId: "tok_test" } as const;
  const grants = [{ role: "engineering_lead", pilotId: work.pilotId, permissions: ["release.ask"] }] as const;
  return makeScope({ actor, grants, requestId: "req_test", clock });
}

beforeAll(async () => {
  await reviewed();
});

test("probe: a lead whose program asks second in the same words does not approve it; its document stays, another lead does", async () => {
  const [first, second, third] = [
    await member(seed, "first", "engineering_lead"),
    await member(seed, "second", "security_lead"),
    await member(seed, "third", "security_lead"),
  ];
  const admin = await member(seed, "admin", "administrator");
  const words = {
    ...{ pilotId: work.pilotId, environment: "production", deployment: { sha: "a".repeat(40) } },
    artifact: { digest: `sha256:${"b".repeat(64)}` },
  };
  const { gateId, decision } = await askRelease(program(idOf(first)), words);
  const accountId = await makeAccount(admin, { name: "Second", ownerId: idOf(second) });
  for (const time of ["once", "twice"])
    expect(await askRelease(program(accountId), words), time).toMatchObject({ gateId, decision });
  const { digest } = await getGate(third, gateId);
  const approve = (by: Scope) =>
    decideGate(by, { gateId, digest, decision: "approve", reason: "Read what it contains." });
  for (const by of [first, second])
    await expect(approve(by)).rejects.toMatchObject({
      ...{ code: "refused", message: expect.stringContaining("somebody else") },
    });
  const barred = (await entriesAbout(database, `gate:${gateId}`)).filter(
    ({ kind }) => kind === "gate.barred",
  );
  expect(barred).toMatchObject([{ detail: { people: [accountId, idOf(second)] } }]);
  expect(await approve(third)).toEqual({ status: "approved" });
  await askRelease(program(idOf(third)), words); // decided: nobody is barred from it any more
  expect(await entriesAbout(database, `gate:${gateId}`)).not.toContainEqual(
    expect.objectContaining({ detail: { people: [idOf(third)] } }),
  );
});
