import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DAY } from "#lib/clock.ts";
import { publishNoticeKey } from "../notices/publish-key.ts";
import { addRepository } from "../repositories/service.ts";
import { openForgeCredential } from "../sealing/forge-credential.ts";
import { rawPublicKey } from "../sealing/hpke.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { webTestEnv } from "../testing/web-env.ts";
import { connectForge, endForge } from "./connect-forge.ts";
import { findForgeForWork, listForges } from "./service.ts";
import { type Delivered, takeDelivery } from "./take-delivery.ts";

const database = await testDatabase("web");
webTestEnv();
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { privateKey } = generateKeyPairSync("x25519");
const worker = testScope({ actor: systemActor("worker"), clock });
const asWorker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);
await asWorker(() => publishNoticeKey(worker, rawPublicKey(privateKey)));
const lead = await member(seed, "lea", "engineering_lead");
const viewer = await member(seed, "vi", "viewer");
const { repositoryId } = await addRepository(lead, {
  ...{ name: "shop", source: "https://github.com/octo/shop.git", authority: "upstream" },
});
const TOKEN = "github_pat_of_somebody_1234567890";
const input = { repositoryId, kind: "token", token: TOKEN, expires: "2100-01-01" } as const;
const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  ...{ type: "pkcs1", format: "pem" },
});

describe("a repository", () => {
  test("is connected by whoever may add it; what is secret is for the worker alone, and is in no entry", async () => {
    await expect(connectForge(viewer, input)).rejects.toMatchObject({ code: "forbidden" });
    const { connectionId, hookSecret } = await connectForge(lead, input);
    const forge = await asWorker(() => findForgeForWork(worker, repositoryId));
    expect(forge).toMatchObject({ id: connectionId, address: "https://github.com/octo/shop", kind: "token" });
    const place = { connectionId, address: "https://github.com/octo/shop" };
    const sealed = forge?.sealed ?? new Uint8Array();
    expect(openForgeCredential(privateKey, place, sealed)).toContain(TOKEN);
    expect(() => openForgeCredential(privateKey, { ...place, address: "x" }, sealed)).toThrow(/altered/);
    const entries = JSON.stringify(await entriesAbout(database, `repository:${repositoryId}`));
    expect(entries).toContain("repository.forge_connected");
    for (const secret of [TOKEN, hookSecret, "octo/shop"]) expect(entries).not.toContain(secret);
    const shown = await listForges(viewer);
    expect(shown).toMatchObject([{ id: connectionId, said: null, pulls: [] }]);
    expect(JSON.stringify(shown)).not.toContain(TOKEN);
  });

  test("is warned about before its token ends", async () => {
    const expires = new Date(clock.now() + 5 * DAY).toISOString().slice(0, 10);
    await connectForge(lead, { ...input, expires });
    expect(await listForges(viewer)).toMatchObject([{ said: { tone: "warn" } }]);
  });

  test("connected again forgets what was before, and ended it goes by plain git", async () => {
    await connectForge(lead, {
      repositoryId,
      kind: "github_app",
      app: "Iv1.a",
      installation: "7",
      key: String(pem),
    });
    const kept =
      "select count(*)::int as n from forge_connection where sealed is not null or hook_secret is not null";
    expect((await database.owner.query(kept)).rows).toEqual([{ n: 1 }]);
    await endForge(lead, { repositoryId });
    expect((await database.owner.query(kept)).rows).toEqual([{ n: 0 }]);
    expect(await asWorker(() => findForgeForWork(worker, repositoryId))).toBeNull();
    await expect(endForge(lead, { repositoryId })).rejects.toMatchObject({ code: "not_found" });
  });

  test("probe: another key, a branch kept here and an address that is none of a forge are refused", async () => {
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      ...{ type: "pkcs8", format: "pem" },
    });
    const app = {
      repositoryId,
      kind: "github_app",
      app: "Iv1.a",
      installation: "7",
      key: String(key),
    } as const;
    await expect(connectForge(lead, app)).rejects.toThrow(/no RSA private key/);
    for (const [name, source, authority] of [
      ["own", "https://github.com/octo/own", "own"],
      ["disk", "/srv/git/shop.git", "upstream"],
      ["deep", "https://gitlab.example.com/group/sub/shop", "upstream"],
    ] as const) {
      const other = await addRepository(lead, { name, source, authority });
      await expect(connectForge(lead, { ...input, repositoryId: other.repositoryId })).rejects.toThrow();
    }
  });
});

describe("a call of the forge", () => {
  const body = Buffer.from('{"ref":"refs/heads/main"}');
  const signedBy = (secret: string, bytes = body) =>
    `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;
  const jobs = async () => {
    const { rows } = await database.owner.query(
      "select count(*)::int as n from pgboss.job where name = 'mirror_repository' and data ->> 'repositoryId' = $1",
      [repositoryId],
    );
    return rows[0].n;
  };
  const taken = async () =>
    (await database.owner.query("select count(*)::int as n from forge_delivery")).rows[0].n;

  test("is taken once where it is signed, and the repository is looked at", async () => {
    await database.owner.query("delete from pgboss.job where name = 'mirror_repository'");
    const { connectionId, hookSecret } = await connectForge(lead, input);
    const call: Delivered = {
      ...{ connectionId, deliveryId: "72d3162e-cc78", event: "push", body },
      signature: signedBy(hookSecret),
    };
    await takeDelivery(seed, call);
    await takeDelivery(seed, call);
    expect([await taken(), await jobs()]).toEqual([1, 1]);
    await takeDelivery(seed, { ...call, deliveryId: "another", event: "ping" });
    expect([await taken(), await jobs()]).toEqual([2, 1]);
  });

  test("probe: is no approval, no check and no merge, whatever it says: nothing changes but that it was taken", async () => {
    const { connectionId, hookSecret } = await connectForge(lead, input);
    const counts = async () => {
      const tables = await database.owner.query(
        "select tablename from pg_tables where schemaname = 'public' and tablename <> 'forge_delivery' order by 1",
      );
      const each = tables.rows.map(
        ({ tablename }) => `select '${tablename}' as name, count(*)::int as n from "${tablename}"`,
      );
      // Postgres may read tables of a union beside each other, and then their order is none.
      return (await database.owner.query(`${each.join(" union all ")} order by name`)).rows;
    };
    const before = await counts();
    const said = Buffer.from(
      JSON.stringify({ action: "submitted", review: { state: "approved", user: { login: "lea" } } }),
    );
    const events = ["pull_request_review", "check_run", "status", "pull_request", "repository_ruleset"];
    for (const event of events)
      await takeDelivery(seed, {
        ...{ connectionId, deliveryId: `says-${event.replaceAll("_", "-")}`, event, body: said },
        signature: signedBy(hookSecret, said),
      });
    expect(await counts()).toEqual(before);
    const { rows } = await database.owner.query("select distinct name from pgboss.job order by name");
    expect(rows.map(({ name }) => name)).toEqual(["mirror_repository", "read_forge_rules"]);
  });

  test("probe: signed by another, over another body, unsigned, or after the end, it is not found", async () => {
    const { connectionId, hookSecret } = await connectForge(lead, input);
    const good: Delivered = {
      ...{ connectionId, deliveryId: "d", event: "push", body, signature: signedBy(hookSecret) },
    };
    const before = await taken();
    for (const wrong of [
      { signature: signedBy("another") },
      { signature: "" },
      { signature: "sha256=" },
      { signature: signedBy(hookSecret).toUpperCase() },
      { signature: signedBy(hookSecret).replace("sha256", "sha1") },
      { body: Buffer.from("{}") },
      { connectionId: "frg_none" },
      { deliveryId: "" },
      { deliveryId: "x".repeat(101) },
      { event: "Push; drop" },
    ])
      await expect(takeDelivery(seed, { ...good, ...wrong })).rejects.toMatchObject({ code: "not_found" });
    await endForge(lead, { repositoryId });
    await expect(takeDelivery(seed, good)).rejects.toMatchObject({ code: "not_found" });
    expect(await taken()).toBe(before);
  });
});
