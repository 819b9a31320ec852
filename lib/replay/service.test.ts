import { describe, expect, test } from "vitest";
import { writeCharter } from "../pilots/write-charter.ts";
import { charterFor } from "../testing/arrange.ts";
import { findingScene } from "../testing/finding-scene.ts";
import { handIn, leaseOf, takeIn } from "../testing/journey.ts";
import { testScope } from "../testing/scopes.ts";
import { replayPilot } from "./service.ts";

const scene = await findingScene();
const { database, seed, security, runner, work } = scene;

const file = (path: string, previousPath: string | null = null) => ({
  ...{
    path,
    previousPath,
    status: previousPath === null ? "modified" : "renamed",
    modeBefore: "file",
    modeAfter: "file",
    added: 1,
    removed: 1,
  },
});
const started = (command: number, ...argv: string[]) => ({
  kind: "command_started" as const,
  body: { command, argv, tree: "work", purpose: "" },
});
const opened = (command: number) => ({
  kind: "item_opened" as const,
  body: { item: command, type: "command" as const, title: "", command },
});

describe("what happened, held against another version", () => {
  test("knows of the newest evidence whether a canary failed", async () => {
    const pilotId = await scene.pilotControlled({ canary: "never" });
    await scene.reviewed(pilotId);
    const base = charterFor(seed, work.repositoryId);
    const charter = { ...base, controls: { ...base.controls, canary: "always" as const } };
    const { charterId } = await writeCharter(seed, { pilotId, charter });
    expect(
      (await replayPilot(security, pilotId, charterId))?.stopped.map(({ sentence }) => sentence),
    ).toEqual(["Its evidence opens no merge gate: no canary failed"]);
  });

  test("is read from patches, commands of agents, hosts and leases of the pilot's own runs", async () => {
    const pilotId = await scene.pilotWith();
    const other = await scene.pilotWith();
    const runId = await scene.launched(pilotId);
    const lease = await leaseOf(runner, runId, "agent");
    await scene.append(
      runId,
      ...[
        started(1, "npm", "test"),
        started(2, "git", "push"),
        opened(2),
        started(3, "git", "push"),
        opened(3),
      ],
      {
        kind: "egress",
        body: {
          host: "packages.example.org",
          port: 443,
          verdict: "allowed",
          rule: "x",
          up: 1,
          down: 1,
          times: 1,
        },
      },
      {
        kind: "egress",
        body: {
          host: "other.example.org",
          port: 443,
          verdict: "denied",
          rule: "x",
          up: 0,
          down: 0,
          times: 1,
        },
      },
      {
        kind: "egress",
        body: { host: "evil.example.org", port: 443, verdict: "denied", rule: "x", up: 0, down: 0, times: 1 },
      },
    );
    await handIn(runner, lease);
    await takeIn(database, seed, runId, [], [file("src/a.js"), file("src/b.md", "docs/b.md")]);
    await scene.launched(other);

    const base = charterFor(seed, work.repositoryId);
    const charter = {
      ...base,
      scope: { ...base.scope, allowedPaths: ["src/**"] },
      environment: { ...base.environment, setupHosts: ["packages.example.org", "other.example.org"] },
      controls: { ...base.controls, deniedCommands: ["git push"] },
    };
    const { charterId } = await writeCharter(seed, { pilotId, charter });
    const view = await replayPilot(security, pilotId, charterId);
    expect(view).toMatchObject({ runs: 1, older: 0, stoppedCount: 2, stoppedMerged: 0, freedCount: 2 });
    expect(view?.stopped.map(({ sentence }) => sentence)).toEqual([
      "The patch is refused for docs/b.md",
      "A command is refused: git push",
    ]);
    expect(view?.freed.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        "Setup does not reach packages.example.org:443",
        "Setup does not reach other.example.org:443",
      ]),
    );
  });

  test("says nothing of attempts that nobody lost, and masks a secret before a command is cut", async () => {
    const pilotId = await scene.pilotWith();
    const runId = await scene.launched(pilotId);
    const token = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
    await scene.append(runId, started(1, "push", "x".repeat(85), token), opened(1));
    await database.owner.query("alter table run disable trigger user");
    await database.owner.query("update run set attempt = 4 where id = $1", [runId]);
    await database.owner.query("alter table run enable trigger user");
    const base = charterFor(seed, work.repositoryId);
    const charter = {
      ...base,
      controls: { ...base.controls, maxAttempts: 1, deniedCommands: ["push"] },
    };
    const { charterId } = await writeCharter(seed, { pilotId, charter });
    const view = await replayPilot(security, pilotId, charterId);
    expect(view?.stopped).toHaveLength(1);
    expect(view?.stopped[0]?.sentence).toContain("[secret");
    expect(view?.stopped[0]?.sentence).not.toContain("ghp_");
  });

  test("is of runs whose every command is looked at; what is beyond is called older", async () => {
    const pilotId = await scene.pilotWith();
    const [first, second] = [await scene.launched(pilotId), await scene.launched(pilotId)];
    const words = Array.from({ length: 100 }, () => "y".repeat(2000));
    const many = Array.from({ length: 22 }, (_, n) => [
      started(n + 1, `${n}`, ...words.slice(1)),
      opened(n + 1),
    ]);
    for (const runId of [first, second]) for (const pair of many) await scene.append(runId, ...pair);
    const { charterId } = await writeCharter(seed, { pilotId, charter: charterFor(seed, work.repositoryId) });
    expect(await replayPilot(security, pilotId, charterId)).toMatchObject({ runs: 1, older: 1 });
  });

  test("is for members of the pilot, and only by a version of that pilot", async () => {
    const [pilotId, other] = [await scene.pilotWith(), await scene.pilotWith()];
    const { charterId } = await writeCharter(seed, { pilotId, charter: charterFor(seed, work.repositoryId) });
    const stranger = testScope({ roles: [["engineering_lead", other]], clock: scene.clock });
    await expect(replayPilot(stranger, pilotId, charterId)).rejects.toMatchObject({ code: "not_found" });
    expect(await replayPilot(security, other, charterId)).toBeNull();
  });
});
