// Every service that changes something asks the one table by itself, whatever door called it.
import { beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../errors.ts";
import { getKpis, listKpiRows } from "../kpis/service.ts";
import { listEntries } from "../log/service.ts";
import { sendMessage } from "../messages/send-message.ts";
import { withdrawMessage } from "../messages/withdraw-message.ts";
import {
  addChannel,
  askTest,
  removeChannel,
  retireSecret,
  rotateSigning,
  setSecret,
} from "../notices/channels.ts";
import { listChannels } from "../notices/view-channels.ts";
import { askActivation, askResume } from "../pilots/ask-activation.ts";
import type { Charter } from "../pilots/schema.ts";
import { completePilot, pausePilot } from "../pilots/service.ts";
import { createPilot, writeCharter } from "../pilots/write-charter.ts";
import { addRepository, requestSync } from "../repositories/service.ts";
import { setRetention } from "../retention/service.ts";
import { makeEnrolment, revokeRunner } from "../runners/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { pauseRun } from "../runs/pause-run.ts";
import { resumeRun } from "../runs/resume-run.ts";
import type { Scope } from "../scope.ts";
import { askToLift } from "../stops/ask-to-lift.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { arrangeWork, charterFor } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { PERMISSIONS, type Permission } from "./rules.ts";
import { Role } from "./schema.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
let pilotId = "";
let repositoryId = "";
let agentId = "";
let stopId = "";
let runId = "";
let charter: Charter;

beforeAll(async () => {
  ({ pilotId, repositoryId, agentId } = await arrangeWork(seed));
  charter = charterFor(seed, repositoryId);
  ({ runId } = await launchRun(seed, { pilotId, agentId, title: "Repair", requestKey: "request-0" }));
  ({ stopId } = await pullStop(seed, { scope: "pilot", pilotId, reason: "" }));
});

type Call = readonly [name: string, permission: Permission, call: (scope: Scope) => Promise<unknown>];
const reason = "because";

/** Called with what makes them fail after the permission, if they can: nothing here changes the pilot. */
const ON_PILOT: readonly Call[] = [
  ["writeCharter", "pilot.amend", (scope) => writeCharter(scope, { pilotId, charter })],
  ["askActivation", "pilot.amend", (scope) => askActivation(scope, pilotId)],
  ["askResume", "pilot.amend", (scope) => askResume(scope, { pilotId, reason })],
  [
    "launchRun",
    "run.launch",
    (scope) => launchRun(scope, { pilotId, agentId, title: "Repair", requestKey: "request-1" }),
  ],
  [
    "sendMessage",
    "run.steer",
    (scope) => sendMessage(scope, { runId, mode: "now", text: "Hi.", requestKey: "request-2" }),
  ],
  ["withdrawMessage", "run.steer", (scope) => withdrawMessage(scope, { runId, messageId: "msg_none" })],
  ["pauseRun", "run.pause", (scope) => pauseRun(scope, { runId, reason })],
  ["resumeRun", "run.pause", (scope) => resumeRun(scope, { runId })],
  ["pullStop of the pilot", "stop.pull", (scope) => pullStop(scope, { scope: "pilot", pilotId, reason: "" })],
  ["askToLift", "stop.lift", (scope) => askToLift(scope, { stopId, reason })],
  [
    "setRetention",
    "retention.set",
    (scope) => setRetention(scope, { pilotId, days: null, isHeld: false, reason, agreedRuns: 0 }),
  ],
  ["getKpis", "kpi.view", (scope) => getKpis(scope, { pilotId })],
  ["listKpiRows", "kpi.view", (scope) => listKpiRows(scope, { pilotId, kpi: "throughput" })],
  ["listEntries", "log.view", (scope) => listEntries(scope)],
];

const ON_ORGANISATION: readonly Call[] = [
  [
    "createPilot",
    "pilot.create",
    (scope) => createPilot(scope, { name: "New one", timeZone: "UTC", charter }),
  ],
  [
    "addRepository",
    "repository.add",
    (scope) => addRepository(scope, { name: "x", source: "ext::x", authority: "own" }),
  ],
  [
    "addChannel",
    "channel.manage",
    (scope) => addChannel(scope, { kind: "webhook", name: "x", url: "http://no" }),
  ],
  ["setSecret", "channel.manage", (scope) => setSecret(scope, { channelId: "chn_none", secret: "x" })],
  ["rotateSigning", "channel.manage", (scope) => rotateSigning(scope, "chn_none")],
  [
    "retireSecret",
    "channel.manage",
    (scope) => retireSecret(scope, { channelId: "chn_none", secretId: "nsc_none" }),
  ],
  ["removeChannel", "channel.manage", (scope) => removeChannel(scope, "chn_none")],
  ["askTest of a channel", "channel.manage", (scope) => askTest(scope, "chn_none")],
  ["listChannels", "channel.view", (scope) => listChannels(scope)],
  ["requestSync", "repository.sync", (scope) => requestSync(scope, repositoryId)],
  ["makeEnrolment", "runner.enrol", (scope) => makeEnrolment(scope, { phases: ["agent"] })],
  ["revokeRunner", "runner.revoke", (scope) => revokeRunner(scope, "rnr_nobody")],
];

/** The code of what is thrown, or `done`. */
async function outcome(call: Call[2], scope: Scope): Promise<string> {
  try {
    await call(scope);
    return "done";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const has = (permission: Permission, role: Role): boolean => {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(role);
};

describe("a service on a pilot", () => {
  test.each(ON_PILOT)(
    "%s needs %s, on the organisation or on that pilot",
    async (_name, permission, call) => {
      for (const role of Role.options) {
        for (const on of [role, [role, pilotId]] as const) {
          const seen = await outcome(call, testScope({ roles: [on], clock }));
          if (has(permission, role)) expect([role, seen]).not.toEqual([role, "forbidden"]);
          else expect([role, seen]).toEqual([role, "forbidden"]);
        }
      }
    },
  );

  test.each(ON_PILOT.filter(([name]) => name !== "listEntries"))(
    "%s: to members of another pilot this one is not there",
    async (_name, _permission, call) => {
      for (const role of Role.options) {
        expect(await outcome(call, testScope({ roles: [[role, "pil_other"]], clock }))).toBe("not_found");
      }
      expect(await outcome(call, testScope({ clock }))).toBe("not_found");
    },
  );
});

describe("a service on what all pilots share", () => {
  test.each(ON_ORGANISATION)(
    "%s needs %s on the organisation; a role on one pilot is not enough",
    async (_name, permission, call) => {
      for (const role of Role.options) {
        const seen = await outcome(call, testScope({ roles: [role], clock }));
        if (has(permission, role)) expect([role, seen]).not.toEqual([role, "forbidden"]);
        else expect([role, seen]).toEqual([role, "forbidden"]);
        expect(await outcome(call, testScope({ roles: [[role, pilotId]], clock }))).toBe("forbidden");
      }
    },
  );
});

describe("moving a pilot", () => {
  test("needs its permission", async () => {
    for (const role of Role.options) {
      const scope = testScope({ roles: [role], clock });
      const { rows } = await database.owner.query("select status from pilot where id = $1", [pilotId]);
      if (!has("pilot.amend", role))
        expect(await outcome((each) => completePilot(each, { pilotId, reason }), scope)).toBe("forbidden");
      if (!has("pilot.pause", role))
        expect(await outcome((each) => pausePilot(each, { pilotId, reason }), scope)).toBe("forbidden");
      const { rows: after } = await database.owner.query("select status from pilot where id = $1", [pilotId]);
      expect(after).toEqual(rows);
    }
  });
});
