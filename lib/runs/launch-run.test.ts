import { beforeAll, describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { WeekDay } from "../hours/schema.ts";
import { newId } from "../ids.ts";
import type { Charter } from "../pilots/schema.ts";
import { pausePilot } from "../pilots/service.ts";
import { activePilot, arrangeWork, charterFor } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { launchRun } from "./launch-run.ts";
import { getRun, listRuns } from "./service.ts";

await testDatabase("web");
const clock = testClock();
const lead = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let agentId = "";
let repositoryId = "";

beforeAll(async () => {
  ({ agentId, repositoryId } = await arrangeWork(lead));
});

function pilotOf(maxRuns: number): Promise<string> {
  const charter = charterFor(lead, repositoryId);
  return activePilot(lead, { ...charter, rollback: { ...charter.rollback, maxRuns } });
}

const launch = (pilotId: string, requestKey: string) =>
  launchRun(lead, { pilotId, agentId, title: "Repair main", requestKey });

describe("launching a run", () => {
  test("starts it on the head the repository has now, under the active charter", async () => {
    const pilotId = await pilotOf(10);
    const { runId } = await launch(pilotId, "request-1");
    expect(await getRun(lead, runId)).toMatchObject({
      status: "queued",
      baseCommit: "a".repeat(40),
      charterVersion: 1,
      kind: "repair",
    });
  });

  test("submitted many times at once is one run, and every answer names it", async () => {
    const pilotId = await pilotOf(10);
    const answers = await Promise.all(Array.from({ length: 8 }, () => launch(pilotId, "request-1")));
    expect(new Set(answers.map((answer) => answer.runId)).size).toBe(1);
    expect(await listRuns(lead, { pilotId })).toHaveLength(1);
  });

  test("many at once launches as many as the charter allows and not one more", async () => {
    const pilotId = await pilotOf(3);
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, (_, nth) => launch(pilotId, `request-${nth}`)),
    );
    expect(answers.filter((answer) => answer.status === "fulfilled")).toHaveLength(3);
    expect(await listRuns(lead, { pilotId })).toHaveLength(3);
  });

  test("is refused to a role, with an agent and at an hour that the charter does not name", async () => {
    const base = charterFor(lead, repositoryId);
    const pilotWith = (controls: Partial<Charter["controls"]>) =>
      activePilot(lead, { ...base, controls: { ...base.controls, ...controls } });
    const today = WeekDay.options[(new Date(clock.now()).getUTCDay() + 6) % 7] ?? "mon";
    const other = WeekDay.options.filter((day) => day !== today);
    const engineer = testScope({ roles: ["engineering_lead"], clock });
    const refusal = async (controls: Partial<Charter["controls"]>, title = "Repair main") =>
      launchRun(engineer, {
        pilotId: await pilotWith(controls),
        agentId,
        title,
        requestKey: newId("request"),
      }).then(
        () => "launched",
        (error: Error) => error.message,
      );
    expect(await refusal({ launchers: ["security_lead"] })).toContain("only a security lead");
    expect(await refusal({ launchers: ["engineering_lead"] })).toBe("launched");
    expect(await refusal({ agents: [agentId], models: ["gpt-5"] })).toBe("launched");
    expect(await refusal({ workDays: other, workFrom: "00:00", workTo: "24:00" })).toContain("It opens");
    expect(await refusal({ workDays: [today], workFrom: "00:00", workTo: "24:00" })).toBe("launched");
    const borrowed = {
      role: "security_lead",
      pilotId: null,
      permissions: ["gate.decide"],
      deputyOf: "per_1",
    } as const;
    const deputy = { ...engineer, grants: [...engineer.grants, borrowed] };
    const byLeads = await pilotWith({ launchers: ["security_lead"] });
    await expect(
      launchRun(deputy, { pilotId: byLeads, agentId, title: "Repair", requestKey: "request-deputy" }),
    ).rejects.toMatchObject({ message: expect.stringContaining("only a security lead") });
    const security = await pilotWith({});
    await expect(
      launchRun(engineer, {
        pilotId: security,
        agentId,
        title: "Look",
        kind: "triage",
        requestKey: "request-kind",
      }),
    ).rejects.toMatchObject({ message: "The charter is for runs of kind “repair”, not of “triage”." });
  });

  test("is refused in a paused pilot, after the last day and for who may not", async () => {
    const pilotId = await pilotOf(10);
    const reviewer = testScope({ roles: [["reviewer", pilotId]], clock });
    const input = { pilotId, agentId, title: "Repair main", requestKey: "request-9" };
    await expect(launchRun(reviewer, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(launchRun(testScope({ clock }), input)).rejects.toMatchObject({ code: "not_found" });
    await expect(launchRun(lead, { ...input, agentId: "agt_nobody" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(launchRun(lead, { ...input, pilotId: "pil_nobody" })).rejects.toMatchObject({
      code: "not_found",
    });
    await pausePilot(lead, { pilotId, reason: "because" });
    await expect(launchRun(lead, input)).rejects.toMatchObject({ code: "refused" });
    const other = await pilotOf(10);
    clock.advance(62 * DAY);
    await expect(launch(other, "request-late")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("ended on"),
    });
  });
});
