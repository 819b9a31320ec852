// Every service that changes something asks the one table by itself, whatever door called it.
import { beforeAll, describe, expect, test } from "vitest";
import { changeOwner, listOwners, makeAccount } from "../api-tokens/accounts.ts";
import { askPromotion } from "../artefacts/promote.ts";
import { openArtefact } from "../artefacts/take.ts";
import { addComment, replyToThread } from "../comments/add-comment.ts";
import { sendToAgent } from "../comments/send-to-agent.ts";
import { resolveThread } from "../comments/settle-thread.ts";
import { askForRound, listControls } from "../controls/service.ts";
import { askHistory } from "../deliveries/fetches/ask-history.ts";
import { reportRows } from "../deliveries/imports/report-rows.ts";
import { linkIncident } from "../deliveries/links/link-incident.ts";
import { endPager } from "../deliveries/pagers/connect-pager.ts";
import { setDuty } from "../deputies/service.ts";
import { startDrill } from "../drills/start-drill.ts";
import { AppError } from "../errors.ts";
import { setFromSso } from "../groups/fill-by-sso.ts";
import { grantGroupRole } from "../groups/grant-group-role.ts";
import { addMember, createGroup, removeGroup, removeMember } from "../groups/service.ts";
import { newId } from "../ids.ts";
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
import { invitationChannel, viewInvitationMail } from "../notices/invitations/view-mail.ts";
import { sendAgain } from "../notices/upkeep/send-again.ts";
import { listChannels } from "../notices/view-channels.ts";
import { confirmPasskey } from "../passkeys/confirm-passkey.ts";
import { removePasskey } from "../passkeys/remove-passkey.ts";
import { deactivatePerson, reactivatePerson } from "../people/deactivate.ts";
import { inviteAgain, invitePerson } from "../people/invite.ts";
import { grantRole } from "../people/service.ts";
import { viewPeople, viewPerson } from "../people/view-people.ts";
import { askActivation, askResume } from "../pilots/ask-activation.ts";
import { completePilot } from "../pilots/complete-pilot.ts";
import type { Charter } from "../pilots/schema.ts";
import { pausePilot } from "../pilots/service.ts";
import { createPilot, writeCharter } from "../pilots/write-charter.ts";
import { askRelease } from "../releases/ask-release.ts";
import { removeCredential, setCredential } from "../releases/callbacks/credentials.ts";
import { addRepository, labelRepository, requestSync } from "../repositories/service.ts";
import { setRetention } from "../retention/service.ts";
import { requestRevert } from "../reverts/request-revert.ts";
import { changeRole, createRole, retireRole } from "../roles/service.ts";
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
  ["startDrill", "drill.start", (scope) => startDrill(scope, { pilotId, runs: 1 })],
  [
    "setRetention",
    "retention.set",
    (scope) => setRetention(scope, { pilotId, days: null, isHeld: false, reason, agreedRuns: 0 }),
  ],
  [
    "setDuty",
    "role.grant",
    (scope) => setDuty(scope, { pilotId, personId: nobody, from: new Date(0), until: new Date(0) }),
  ],
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
  ["getKpis", "kpi.view", (scope) => getKpis(scope, { pilotId })],
  ["listRunFacts", "kpi.view", (scope) => listRunFacts(scope, { pilotId, kpi: "throughput" })],
  ["listEntries", "log.view", (scope) => listEntries(scope)],
];

const nobody = "per_none";
const role = { name: "", description: "", permissions: [] };
const gift = { role: "rol_none", pilotId: null } as const;
/** Who is here, what they are given, and what roles are made of. */
const OF_PEOPLE: readonly Call[] = [
  ["viewPeople", "person.view", (scope) => viewPeople(scope)],
  ["viewPerson", "person.view", (scope) => viewPerson(scope, nobody)],
  ["invitePerson", "person.manage", (scope) => invitePerson(scope, { email: "", name: "" })],
  ["inviteAgain", "person.manage", (scope) => inviteAgain(scope, nobody)],
  ["invitationChannel", "person.manage", (scope) => invitationChannel(scope)],
  ["viewInvitationMail", "person.manage", (scope) => viewInvitationMail(scope, nobody)],
  ["deactivatePerson", "person.manage", (scope) => deactivatePerson(scope, nobody)],
  ["reactivatePerson", "person.manage", (scope) => reactivatePerson(scope, nobody)],
  ["createGroup", "person.manage", (scope) => createGroup(scope, { name: newId("group"), description: "" })],
  ["setFromSso", "person.manage", (scope) => setFromSso(scope, { groupId: "grp_none", fromSso: true })],
  ["removeGroup", "person.manage", (scope) => removeGroup(scope, "grp_none")],
  ["addMember", "person.manage", (scope) => addMember(scope, { groupId: "grp_none", personId: nobody })],
  [
    "removeMember",
    "person.manage",
    (scope) => removeMember(scope, { groupId: "grp_none", personId: nobody }),
  ],
  ["grantRole", "role.grant", (scope) => grantRole(scope, { ...gift, personId: nobody })],
  ["grantGroupRole", "role.grant", (scope) => grantGroupRole(scope, { ...gift, groupId: "grp_none" })],
  ["makeAccount", "account.make", (scope) => makeAccount(scope, { name: "CI", ownerId: nobody })],
  ["listOwners", "account.make", (scope) => listOwners(scope)],
  ["createRole", "role.manage", (scope) => createRole(scope, { ...role, name: newId("role") })],
  ["changeRole", "role.manage", (scope) => changeRole(scope, "rol_none", role)],
  ["retireRole", "role.manage", (scope) => retireRole(scope, "rol_none")],
];

const ON_ORGANISATION: readonly Call[] = [
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
