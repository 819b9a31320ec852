import { describe, expect, test } from "vitest";
import { writeCharter } from "../pilots/write-charter.ts";
import { charterFor } from "../testing/arrange.ts";
import { findingScene } from "../testing/finding-scene.ts";
import { handIn, leaseOf, takeIn } from "../testing/journey.ts";
import { testScope } from "../testing/scopes.ts";
import { replayPilot } from "./service.ts";

const scene = await findingScene();
const { database, seed, security, runner, work } = scene;

const file = (path: string) => ({
  ...{
    path,
    previousPath: null,
    status: "modified",
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
        body: { host: "evil.example.org", port: 443, verdict: "denied", rule: "x", up: 0, down: 0, times: 1 },
      },
    );
    await handIn(runner, lease);
    await takeIn(database, seed, runId, [], [file("src/a.js"), file("docs/b.md")]);
    await scene.launched(other);

    const base = charterFor(seed, work.repositoryId);
    const charter = {
      ...base,
      scope: { ...base.scope, allowedPaths: ["src/**"] },
      environment: { ...base.environment, setupHosts: ["packages.example.org"] },
      controls: { ...base.controls, deniedCommands: ["git push"] },
    };
    const { charterId } = await writeCharter(seed, { pilotId, charter });
    const view = await replayPilot(security, pilotId, charterId);
    expect(view).toMatchObject({ runs: 1, older: 0, stoppedCount: 2, stoppedMerged: 0, freedCount: 1 });
    expect(view?.stopped.map(({ sentence }) => sentence)).toEqual([
      "The patch is refused for docs/b.md",
      "A command is refused: git push",
    ]);
    expect(view?.freed).toMatchObject([{ runId, sentence: "Setup does not reach packages.example.org:443" }]);
  });

  test("is for members of the pilot, and only by a version of that pilot", async () => {
    const [pilotId, other] = [await scene.pilotWith(), await scene.pilotWith()];
    const { charterId } = await writeCharter(seed, { pilotId, charter: charterFor(seed, work.repositoryId) });
    const stranger = testScope({ roles: [["engineering_lead", other]], clock: scene.clock });
    await expect(replayPilot(stranger, pilotId, charterId)).rejects.toMatchObject({ code: "not_found" });
    expect(await replayPilot(security, other, charterId)).toBeNull();
  });
});
