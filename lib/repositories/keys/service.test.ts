// Who may pin and set, who reads what, and what is left of it where; sealed to a worker by web, on a real database.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { publishNoticeKey } from "../../notices/publish-key.ts";
import { rawPublicKey } from "../../sealing/hpke.ts";
import { openUpstreamKey } from "../../sealing/upstream-key.ts";
import { member } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { asProcess, entriesAbout } from "../../testing/journey.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { addRepository } from "../service.ts";
import { makePrivateKey } from "./private-key.ts";
import { fingerprintOf } from "./rules.ts";
import { SealedKey } from "./schema.ts";
import { endUpstreamKey, findUpstreamKeyForWork, listUpstreamKeys, setUpstreamKey } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const { privateKey: workersKey } = generateKeyPairSync("x25519");
const asWorker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);
const lead = await member(seed, "lea", "engineering_lead");
const viewer = await member(seed, "vi", "viewer");
const source = "ssh://git@git.example.org/team/shop.git";
const { repositoryId } = await addRepository(lead, { name: "shop", source, authority: "upstream" });
const host = makePrivateKey().publicKey;
const input = { repositoryId, hostKeys: `git.example.org ${host}` };

const kept = async () => {
  const sql =
    "select count(*)::int as n, count(sealed)::int as sealed from upstream_key where repository_id = $1";
  return (await database.owner.query(sql, [repositoryId])).rows[0];
};

describe("what an ssh upstream is shown and known by", () => {
  test("waits for a worker to seal it to", async () => {
    await expect(setUpstreamKey(lead, input)).rejects.toMatchObject({ code: "unavailable" });
    await asWorker(() => publishNoticeKey(worker, rawPublicKey(workersKey)));
  });

  test("is set by whoever may add repositories, sealed to the worker, and in no entry", async () => {
    await expect(setUpstreamKey(viewer, input)).rejects.toMatchObject({ code: "forbidden" });
    const { publicKey } = await setUpstreamKey(lead, input);
    const forWork = await asWorker(() => findUpstreamKeyForWork(worker, repositoryId));
    const place = { keyId: forWork?.id ?? "", source };
    const opened = openUpstreamKey(workersKey, place, forWork?.sealed ?? new Uint8Array());
    const { privateKey, hostKeys } = SealedKey.parse(JSON.parse(opened));
    expect(hostKeys).toEqual([host]);
    expect(() =>
      openUpstreamKey(workersKey, { ...place, source: `${source}x` }, forWork?.sealed ?? new Uint8Array()),
    ).toThrow(/altered/);
    expect(await listUpstreamKeys(viewer)).toMatchObject([
      {
        ...{ repositoryId, publicKey, setByName: "lea" },
        hostKeys: [{ type: "ssh-ed25519", fingerprint: fingerprintOf(host) }],
      },
    ]);
    const entries = JSON.stringify(await entriesAbout(database, `repository:${repositoryId}`));
    expect(entries).toContain("repository.upstream_key_set");
    for (const text of [privateKey, publicKey, host, "git.example.org"]) expect(entries).not.toContain(text);
  });

  test("probe: is read back by nobody but the worker", async () => {
    await expect(findUpstreamKeyForWork(lead, repositoryId)).rejects.toThrow();
  });

  test("set again forgets what was before; deleted, nothing is left to show", async () => {
    const own = makePrivateKey();
    expect(await setUpstreamKey(lead, { ...input, privateKey: own.privateKey })).toEqual({
      publicKey: own.publicKey,
    });
    expect(await kept()).toEqual({ n: 2, sealed: 1 });
    await expect(endUpstreamKey(viewer, { repositoryId })).rejects.toMatchObject({ code: "forbidden" });
    await endUpstreamKey(lead, { repositoryId });
    expect(await kept()).toEqual({ n: 2, sealed: 0 });
    expect(await listUpstreamKeys(viewer)).toEqual([]);
    await expect(endUpstreamKey(lead, { repositoryId })).rejects.toMatchObject({ code: "not_found" });
  });

  test("probe: another host's key, no key at all and a repository that is none of ssh are refused, and nothing is kept", async () => {
    const before = await kept();
    await expect(setUpstreamKey(lead, { ...input, hostKeys: `evil.example ${host}` })).rejects.toMatchObject({
      code: "bad_input",
      fields: { hostKeys: [expect.stringMatching(/another host/)] },
    });
    await expect(setUpstreamKey(lead, { ...input, hostKeys: "" })).rejects.toMatchObject({
      code: "bad_input",
    });
    await expect(setUpstreamKey(lead, { ...input, privateKey: host })).rejects.toMatchObject({
      fields: { privateKey: [expect.stringMatching(/OpenSSH's format/)] },
    });
    const https = await addRepository(lead, {
      ...{ name: "web", source: "https://git.example.org/web.git", authority: "upstream" },
    });
    await expect(setUpstreamKey(lead, { ...input, ...https })).rejects.toMatchObject({ code: "refused" });
    await expect(setUpstreamKey(lead, { ...input, repositoryId: "rep_none" })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await kept()).toEqual(before);
  });
});
