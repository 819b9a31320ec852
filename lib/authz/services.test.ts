// Every service that changes something asks the one table by itself, whatever door called it.
import { beforeAll, describe, expect, test } from "vitest";
import { changeOwner } from "../api-tokens/accounts.ts";
import { askPromotion } from "../artefacts/promote.ts";
import { openArtefact } from "../artefacts/take.ts";
import { addComment, replyToThread } from "../comments/add-comment.ts";
import { sendToAgent } from "../comments/send-to-agent.ts";
import { resolveThread } from "../comments/settle-thread.ts";
import { planComparison } from "../comparisons/plan-comparison.ts";
import { askForRound, listControls } from "../controls/service.ts";
import { askHistory } from "../deliveries/fetches/ask-history.ts";
import { reportRows } from "../deliveries/imports/report-rows.ts";
import { linkIncident } from "../deliveries/links/link-incident.ts";
import { endPager } from "../deliveries/pagers/connect-pager.ts";
import { setDuty } from "../deputies/service.ts";
import { startDrill } from "../drills/start-drill.ts";
import { AppError } from "../errors.ts";
import { listTeamWeeks } from "../human-minutes/service.ts";
import { getKpis, listRunFacts } from "../kpis/service.ts";
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
import { sendAgain } from "../notices/upkeep/send-again.ts";
import { listChannels } from "../notices/view-channels.ts";
import { confirmPasskey } from "../passkeys/confirm-passkey.ts";
import { removePasskey } from "../passkeys/remove-passkey.ts";
import { askActivation, askResume } from "../pilots/ask-activation.ts";
import { completePilot } from "../pilots/complete-pilot.ts";
import type { Charter } from "../pilots/schema.ts";
import { pausePilot } from "../pilots/service.ts";
import { createPilot, writeCharter } from "../pilots/write-charter.ts";
import { noteProcurement } from "../procurement/service.ts";
import { askRelease } from "../releases/ask-release.ts";
import { removeCredential, setCredential } from "../releases/callbacks/credentials.ts";
import { addRepository, labelRepository, requestSync } from "../repositories/service.ts";
import { setRetention } from "../retention/service.ts";
import { requestRevert } from "../reverts/request-revert.ts";
import { makeEnrolment, revokeRunner } from "../runners/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { pauseRun } from "../runs/pause-run.ts";
import { resumeRun } from "../runs/resume-run.ts";
import type { Scope } from "../scope.ts";
import { getSpend } from "../spend/service.ts";
import { askToLift } from "../stops/ask-to-lift.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { arrangeWork, charterFor } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { type Call, OF_PEOPLE } from "../testing/people-calls.ts";
import { pilotCalls } from "../testing/pilot-calls.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { askWeek, lookAgain } from "../weekly-reviews/ask-week.ts";
import { getWeek, listWeeks } from "../weekly-reviews/service.ts";
import { PERMISSIONS, type Permission } from "./rules.ts";
import { RESERVED, Role } from "./schema.ts";

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

const released = {
  environment: "production",
  deployment: { sha: "0".repeat(40) },
  artifact: { digest: `sha256:${"0".repeat(64)}` },
};
const reason = "because";
const week = () => ({ pilotId, number: 1, digest: "0".repeat(64) });
const LOOK = { approvalId: "apr_1", verdict: "agree", note: "" } as const;

/** Called with what makes them fail after the permission, if they can: nothing here changes the pilot. */
const ON_PILOT: readonly Call[] = [
  ["writeCharter", "pilot.amend", (scope) => writeCharter(scope, { pilotId, charter })],
  ["askActivation", "pilot.amend", (scope) => askActivation(scope, pilotId)],
  ...pilotCalls(() => pilotId),
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
  [
    "addComment",
    "review.comment",
    (scope) =>
      addComment(scope, {
        ...{ runId, patchId: "pat_none", path: "a.ts", side: "new", from: 1, to: 1, text: "Hi." },
        requestKey: "request-3",
      }),
  ],
  [
    "replyToThread",
    "review.comment",
    (scope) => replyToThread(scope, { runId, threadId: "thr_none", text: "Hi.", requestKey: "request-4" }),
  ],
  ["resolveThread", "review.comment", (scope) => resolveThread(scope, { runId, threadId: "thr_none" })],
  [
    "sendToAgent",
    "run.steer",
    (scope) =>
      sendToAgent(scope, { runId, patchId: "pat_none", threadIds: ["thr_none"], requestKey: "request-5" }),
  ],
  ["withdrawMessage", "run.steer", (scope) => withdrawMessage(scope, { runId, messageId: "msg_none" })],
  ["requestRevert", "run.revert", (scope) => requestRevert(scope, { runId })],
  ["pauseRun", "run.pause", (scope) => pauseRun(scope, { runId, reason })],
  ["resumeRun", "run.pause", (scope) => resumeRun(scope, { runId })],
  ["pullStop of the pilot", "stop.pull", (scope) => pullStop(scope, { scope: "pilot", pilotId, reason: "" })],
  ["askToLift", "stop.lift", (scope) => askToLift(scope, { stopId, reason })],
  [
    "planComparison",
    "run.launch",
    (scope) =>
      planComparison(scope, {
        ...{ pilotId, title: "Bake-off", agents: ["agt_one", "agt_other"], reviewers: ["per_none"], each: 1 },
        tasks: [{ title: "Repair", task: "Repair main.", kind: "repair" }],
      }),
  ],
  ["startDrill", "drill.start", (scope) => startDrill(scope, { pilotId, runs: 1 })],
  [
    "setRetention",
    "retention.set",
    (scope) => setRetention(scope, { pilotId, days: null, isHeld: false, reason, agreedRuns: 0 }),
  ],
  [
    "setDuty",
    "role.grant",
    (scope) => setDuty(scope, { pilotId, personId: "per_none", from: new Date(0), until: new Date(0) }),
  ],
  ["getSpend", "kpi.view", (scope) => getSpend(scope, pilotId)],
  ["listTeamWeeks", "kpi.view", (scope) => listTeamWeeks(scope, pilotId)],
  ["askRelease", "release.ask", (scope) => askRelease(scope, { pilotId, ...released })],
  [
    "askPromotion",
    "artefact.promote",
    (scope) => askPromotion(scope, { runId, artefacts: ["art_none"], reason }),
  ],
  [
    "openArtefact",
    "artefact.take",
    (scope) => openArtefact(scope, { runId, artefactId: "art_none", isAcknowledged: true }),
  ],
  ["listWeeks", "kpi.view", (scope) => listWeeks(scope, pilotId)],
  ["getWeek", "kpi.view", (scope) => getWeek(scope, pilotId, 1)],
  ["askWeek", "pilot.amend", (scope) => askWeek(scope, { ...week(), decision: "continue", reason })],
  ["lookAgain", "gate.decide", (scope) => lookAgain(scope, { ...week(), ...LOOK })],
  ["getKpis", "kpi.view", (scope) => getKpis(scope, { pilotId })],
  ["listRunFacts", "kpi.view", (scope) => listRunFacts(scope, { pilotId, kpi: "throughput" })],
  ["listEntries", "log.view", (scope) => listEntries(scope)],
];

const ON_ORGANISATION: readonly Call[] = [
  [
    "noteProcurement",
    "agent.create",
    (scope) =>
      noteProcurement(scope, {
        ...{ agentId: "agt_none", topic: "price_model", text: "By the token.", source: "Their sales" },
        asOf: "2026-11-01",
      }),
  ],
  ...OF_PEOPLE,
  [
    "createPilot",
    "pilot.create",
    (scope) => createPilot(scope, { name: "New one", timeZone: "UTC", charter }),
  ],
  [
    "reportRows",
    "delivery.record",
    (scope) => reportRows(scope, "page_call", { source: "pager", rows: [{}] }),
  ],
  [
    "linkIncident",
    "delivery.record",
    (scope) => linkIncident(scope, { incidentId: "inc_0", deploymentId: null }),
  ],
  ["endPager", "delivery.record", (scope) => endPager(scope, { pagerId: "pgr_0" })],
  [
    "askHistory",
    "delivery.record",
    (scope) => askHistory(scope, { repositoryId, kinds: ["deployment"], from: new Date(0), to: new Date(1) }),
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
  [
    "setCredential",
    "channel.manage",
    (scope) => setCredential(scope, { pilotId, host: "x.example", kind: "token", token: "x".repeat(10) }),
  ],
  [
    "removeCredential",
    "channel.manage",
    (scope) => removeCredential(scope, { pilotId, credentialId: "crd_none" }),
  ],
  ["changeOwner", "account.make", (scope) => changeOwner(scope, { accountId: "per_none", ownerId: "per_x" })],
  ["setSecret", "channel.manage", (scope) => setSecret(scope, { channelId: "chn_none", secret: "x" })],
  ["rotateSigning", "channel.manage", (scope) => rotateSigning(scope, "chn_none")],
  [
    "retireSecret",
    "channel.manage",
    (scope) => retireSecret(scope, { channelId: "chn_none", secretId: "nsc_none" }),
  ],
  ["removeChannel", "channel.manage", (scope) => removeChannel(scope, "chn_none")],
  [
    "sendAgain",
    "channel.manage",
    (scope) => sendAgain(scope, { channelId: "chn_none", deliveryId: "dlv_none" }),
  ],
  ["askTest of a channel", "channel.manage", (scope) => askTest(scope, "chn_none")],
  ["listChannels", "channel.view", (scope) => listChannels(scope)],
  [
    "confirmPasskey",
    "passkey.confirm",
    (scope) => confirmPasskey(scope, { passkeyId: "psk_none", credential: "0".repeat(64) }),
  ],
  ["removePasskey of somebody else", "passkey.confirm", (scope) => removePasskey(scope, "psk_none")],
  ["labelRepository", "repository.add", (scope) => labelRepository(scope, { repositoryId, labels: ["pci"] })],
  ["requestSync", "repository.sync", (scope) => requestSync(scope, repositoryId)],
  ["askForRound", "control.test", (scope) => askForRound(scope)],
  ["listControls", "control.view", (scope) => listControls(scope)],
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

describe("a role that was made here", () => {
  /** One of exactly these permissions. */
  const custom = (permissions: readonly Permission[], on: string | null): Scope => ({
    ...testScope({ clock }),
    grants: [{ role: "rol_own", pilotId: on, permissions }],
  });
  const all = Object.keys(PERMISSIONS) as Permission[];

  test.each([...ON_PILOT, ...ON_ORGANISATION])(
    "opens %s by %s and by nothing else, and never what lets others in",
    async (_name, permission, call) => {
      const seen = await outcome(call, custom([permission], null));
      if (RESERVED.includes(permission)) expect(seen).toBe("forbidden");
      else expect(seen).not.toBe("forbidden");
      const others = all.filter((each) => each !== permission);
      expect(await outcome(call, custom(others, null))).toBe("forbidden");
    },
  );

  test.each(ON_ORGANISATION)("on one pilot opens no %s", async (_name, _permission, call) => {
    expect(await outcome(call, custom(all, pilotId))).toBe("forbidden");
  });
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
