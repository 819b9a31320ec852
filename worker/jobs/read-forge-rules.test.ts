// From a connected repository to what people are told of its rules: a real database, and a server that is held to GitHub's
// own description of its API.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { requestRulesReads } from "#lib/forges/holding/note-rules.ts";
import { listForges } from "#lib/forges/service.ts";
import { addRepository, recordMirror } from "#lib/repositories/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { connecting, disconnect } from "#lib/testing/github/connected.ts";
import { githubServer } from "#lib/testing/github/github-server.ts";
import { noRules, requires, WANTS_PULLS } from "#lib/testing/github/served-rules.ts";
import { asProcess, kindsAbout } from "#lib/testing/journey.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import type { Workplace } from "../workplace.ts";
import { readForgeRules } from "./read-forge-rules.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const root = mkdtempSync(join(tmpdir(), "pilothouse-rules-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const bare = join(root, "bare.git");
createRepository(join(root, "work"), { "a.js": "one\n" });
playGit("/", ["clone", "--quiet", "--bare", join(root, "work"), bare]);
const server = await githubServer(bare);
const env = { PILOTHOUSE_NOTICE_KEYS: join(root, "keys"), PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"] };
const workplace = { env } as Pick<Workplace, "env">;
const connect = await connecting(database, seed, join(root, "keys"));

let repositoryId = "";
let nth = 0;
beforeEach(async () => {
  nth += 1;
  clock.advance(MINUTE);
  Object.assign(server, noRules(), { down: null, asked: [] });
  server.asksFor.length = 0;
  server.faults.length = 0;
  const source = `https://github.com/octo/shop-${nth}`;
  ({ repositoryId } = await addRepository(seed, { name: `shop-${nth}`, source, authority: "upstream" }));
  const report = { outcome: "mirrored", branch: "main", head: "a".repeat(40), commits: 1 } as const;
  await asProcess(database, "worker", () => recordMirror(worker, repositoryId, report));
});
afterEach(() => {
  expect(server.faults).toEqual([]);
});

const look = () => asProcess(database, "worker", () => readForgeRules(workplace, worker, { repositoryId }));
const hold = async () => (await listForges(seed)).find((forge) => forge.repositoryId === repositoryId)?.hold;
const verdict = async () => (await hold())?.read?.verdict;
const readings = async () =>
  (await kindsAbout(database, `repository:${repositoryId}`)).filter(
    (kind) => kind === "repository.forge_rules_read",
  ).length;
async function findings(): Promise<unknown[]> {
  const sql =
    "select f.state, f.severity, f.evidence ->> 'text' as text, c.times from finding f join finding_count c on c.finding_id = f.id where f.rule = 'forge_unheld' and f.evidence ->> 'text' like $1 || ':%'";
  return (await database.owner.query(sql, [`shop-${nth}`])).rows;
}
const address = () => server.address;

describe("the rules of a repository that an app is connected to", () => {
  test("are read with leave to read alone, told plainly, and written down where they change", async () => {
    await connect({ repositoryId, address: address() });
    expect(await hold()).toEqual({ read: null, lookedAt: null, problem: null });
    server.rules = [requires()];
    server.rulesets = { 1: { name: "main", bypass_actors: [] } };
    await look();
    expect(await hold()).toMatchObject({
      problem: null,
      read: { verdict: "held", said: { tone: "good", text: expect.stringMatching(/nobody may bypass/) } },
    });
    expect(server.asksFor).toEqual([{ contents: "read", metadata: "read" }]);
    clock.advance(HOUR);
    await look();
    expect(await readings()).toBe(1);
    server.rulesets = {
      1: { bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }] },
    };
    await look();
    expect(await hold()).toMatchObject({ read: { verdict: "bypassed" } });
    expect([await readings(), await findings()]).toEqual([2, []]);
    const many = (length: number) =>
      Array.from({ length }, (_, at) => ({ actor_id: at + 1, actor_type: "Team", bypass_mode: "always" }));
    server.rulesets = { 1: { bypass_actors: many(201) } };
    await look();
    expect(await hold()).toMatchObject({ read: { said: { text: expect.stringMatching(/200 teams/) } } });
  });

  test("whose bypass is not shown, and shown to an app that may change it", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires()];
    server.rulesets = { 1: {} };
    await look();
    expect(await verdict()).toBe("bypass_hidden");
    server.permissions = { administration: "write" };
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    expect(await verdict()).toBe("held");
    expect(server.asksFor.at(-1)).toEqual({ contents: "read", metadata: "read", administration: "write" });
  });

  test("of the older kind count too", async () => {
    await connect({ repositoryId, address: address() });
    const checks = {
      contexts: ["pilothouse/merge"],
      checks: [{ context: "pilothouse/merge", app_id: 4711 }],
    };
    server.protection = {
      enabled: true,
      required_status_checks: { ...checks, enforcement_level: "non_admins" },
    };
    await look();
    expect(await hold()).toMatchObject({
      read: { verdict: "bypassed", said: { text: expect.stringMatching(/repository's administrators/) } },
    });
    server.protection = {
      enabled: true,
      required_status_checks: { ...checks, enforcement_level: "everyone" },
    };
    await look();
    expect(await verdict()).toBe("held");
  });

  test("on a later page are read as well", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [...Array.from({ length: 150 }, () => ({ type: "deletion", ruleset_id: 2 })), requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    expect(await verdict()).toBe("held");
  });

  test("probe: a rule for a check of another name, or of another app, holds nothing", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires("pilothouse/merge "), requires("Pilothouse/merge"), requires("ci")];
    await look();
    expect(await verdict()).toBe("not_held");
    server.rules = [requires("pilothouse/merge", 1)];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    expect(await verdict()).toBe("other_app");
  });
});

describe("rules that stop holding", () => {
  test("are a grave finding, once for each change, closed when they hold again and opened when they stop again", async () => {
    await connect({ repositoryId, address: address() });
    await look();
    expect([await verdict(), await findings()]).toEqual(["not_held", []]);
    server.rules = [requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    server.rules = [];
    await look();
    await look();
    const open = { state: "open", severity: "high", text: expect.stringMatching(/Not held: no rule/) };
    expect(await findings()).toEqual([{ ...open, times: 1 }]);
    server.rules = [requires()];
    await look();
    expect(await findings()).toMatchObject([{ state: "mitigated", times: 1 }]);
    server.rules = [requires("pilothouse/merge", null)];
    await look();
    await look();
    expect(await findings()).toMatchObject([{ state: "open", times: 2 }]);
  });

  test("probe: taking the leave to read them away does not hide that", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    server.rulesRefused = 403;
    await look();
    expect(await hold()).toMatchObject({ read: { verdict: "unreadable" } });
    expect(await findings()).toMatchObject([{ state: "open", text: expect.stringMatching(/not known/) }]);
  });

  test("probe: connecting anew does not hide it either", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    await disconnect(seed, repositoryId);
    await connect({ repositoryId, address: address() });
    server.rules = [];
    await look();
    expect(await findings()).toMatchObject([{ state: "open" }]);
  });

  test("while GitHub is down nothing is said to have changed, but that it could not be read", async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
    server.down = 503;
    await look();
    expect(await hold()).toMatchObject({ problem: "GitHub answered 503.", read: { verdict: "held" } });
    expect([await findings(), await readings()]).toEqual([[], 1]);
  });
});

describe("rules that could not be read for long", () => {
  beforeEach(async () => {
    await connect({ repositoryId, address: address() });
    server.rules = [requires()];
    server.rulesets = { 1: { bypass_actors: [] } };
    await look();
  });

  test("are not known any more after a day, which is a finding, and known again once they are read", async () => {
    server.down = 503;
    clock.advance(DAY);
    await look();
    expect([await verdict(), await findings()]).toEqual(["held", []]);
    clock.advance(MINUTE);
    await look();
    expect(await hold()).toMatchObject({ problem: "GitHub answered 503.", read: { verdict: "unreadable" } });
    expect(await findings()).toMatchObject([{ state: "open", text: expect.stringMatching(/is not known/) }]);
    await look();
    expect(await readings()).toBe(2);
    server.down = null;
    await look();
    expect(await hold()).toMatchObject({ problem: null, read: { verdict: "held" } });
    expect(await findings()).toMatchObject([{ state: "mitigated" }]);
  });

  test("probe: and of which nobody looked, since the worker is down, are not shown as held for ever", async () => {
    clock.advance(DAY + MINUTE);
    expect(await hold()).toMatchObject({
      read: {
        verdict: "unreadable",
        said: { tone: "need", text: expect.stringMatching(/not known any more/) },
      },
    });
  });

  test("probe: connecting anew gives no more than a day", async () => {
    await disconnect(seed, repositoryId);
    clock.advance(HOUR);
    await connect({ repositoryId, address: address() });
    server.down = 500;
    await look();
    expect(await verdict()).toBe("held");
    clock.advance(DAY + MINUTE);
    await look();
    expect(await verdict()).toBe("unreadable");
  });

  test.each([410, 451])(
    "because the repository is gone (%i) are not asked for by the clock any more",
    async (status) => {
      server.down = status;
      await look();
      expect(await hold()).toMatchObject({
        problem: expect.stringMatching(/the repository is gone/),
        read: { verdict: "unreadable" },
      });
      expect(await findings()).toMatchObject([{ state: "open" }]);
      await database.owner.query("delete from pgboss.job where name = 'read_forge_rules'");
      clock.advance(2 * HOUR);
      await asProcess(database, "worker", () => requestRulesReads(worker));
      const asked =
        "select count(*)::int as n from pgboss.job where name = 'read_forge_rules' and data ->> 'repositoryId' = $1";
      expect((await database.owner.query(asked, [repositoryId])).rows).toEqual([{ n: 0 }]);
      server.down = null;
      await look();
      expect(await hold()).toMatchObject({ problem: null, read: { verdict: "held" } });
    },
  );

  test("by an answer nobody expected are said to be unread, and the job is done", async () => {
    server.down = 408;
    await look();
    expect(await hold()).toMatchObject({ problem: "GitHub answered 408.", read: { verdict: "held" } });
  });
});

test("the way of approved commits is said: as they are, or by a pull request where a rule wants one", async () => {
  await connect({ repositoryId, address: address() });
  server.rules = [requires()];
  await look();
  expect(await hold()).toMatchObject({ read: { way: expect.stringMatching(/as they are/) } });
  server.rules = [requires(), WANTS_PULLS];
  await look();
  expect(await hold()).toMatchObject({ read: { way: expect.stringMatching(/wants pull requests/) } });
});

describe("a token", () => {
  test("reads what it may, and a rule cannot be bound to it", async () => {
    await connect({ repositoryId, address: address(), token: "github_pat_1234567890" });
    server.rules = [requires("pilothouse/merge", null)];
    server.rulesets = { 1: {} };
    await look();
    expect(await hold()).toMatchObject({
      read: { verdict: "loose", said: { text: expect.stringMatching(/Connect an app/) } },
    });
    expect(server.asksFor).toEqual([]);
  });
});

test("are asked for on connecting, and once an hour", async () => {
  const waiting = async () => {
    const sql =
      "select count(*)::int as n from pgboss.job where name = 'read_forge_rules' and state = 'created' and data ->> 'repositoryId' = $1";
    return (await database.owner.query(sql, [repositoryId])).rows[0].n;
  };
  const tick = () => asProcess(database, "worker", () => requestRulesReads(worker));
  await tick();
  expect(await waiting()).toBe(0);
  await connect({ repositoryId, address: address() });
  await tick();
  expect(await waiting()).toBe(1);
  await database.owner.query("delete from pgboss.job where name = 'read_forge_rules'");
  await look();
  await tick();
  expect(await waiting()).toBe(0);
  clock.advance(HOUR);
  await tick();
  expect(await waiting()).toBe(1);
});
