// What header, navigation and palette show, read once per request.
import { cookies } from "next/headers";
import { countsOf } from "#components/inbox/inbox-rules.ts";
import type { PaletteItem } from "#components/shell/palette.tsx";
import type { ShellData } from "#components/shell/shell.tsx";
import type { StopScope } from "#components/shell/stop.tsx";
import { THEME_COOKIE, themeOf } from "#components/shell/theme.ts";
import type { LiveSession } from "#lib/auth/sessions.ts";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { countInbox } from "#lib/gates/service.ts";
import { getLogBrief } from "#lib/log/notary-status.ts";
import type { PilotView } from "#lib/pilots/schema.ts";
import { listPilots } from "#lib/pilots/service.ts";
import type { RunName, RunView } from "#lib/runs/schema.ts";
import { countLiveRuns, LIVE, type LiveRuns, listRecentRuns } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { liveStops } from "#lib/stops/service.ts";
import { signOut } from "../(auth)/actions.ts";
import { stop } from "./actions.ts";
import { sign } from "./settings/passkeys/actions.ts";

/** Runs that the palette finds by name. */
const RECENT = 50;

interface Focus {
  readonly pilotId?: string;
  readonly run?: RunView;
}

/** `focus`: what the page is about; the stop dialog offers it first. */
export async function loadShell(
  scope: Scope,
  session: LiveSession | null,
  focus: Focus = {},
): Promise<ShellData> {
  if (!session) throw new Error("a page with a shell needs a signed-in person");
  const [pilots, gates, live, recent, stops, log] = await Promise.all([
    listPilots(scope),
    countInbox(scope),
    countLiveRuns(scope),
    listRecentRuns(scope, RECENT),
    liveStops(scope),
    can(scope.grants, "log.view") ? getLogBrief(scope) : null,
  ]);
  const inbox = countsOf(gates, live.paused);
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  const role = session.roleNames[0] ?? "No role yet";
  const [inForce] = stops;
  return {
    person: { name: session.person.name, email: session.person.email, role, theme, signOut },
    pilots: pilots.map(({ id, name, status }) => ({ id, name, status, href: `/pilots/${id}` })),
    counts: { inbox: inbox.mine, runs: live.total },
    inbox,
    log,
    palette: [...paletteOf(pilots, recent), ...actionsOf(scope)],
    stop: stopOf(stopScopes(scope, pilots, live, focus)),
    sign,
    stopped: inForce
      ? {
          sentence: `Emergency stop of ${inForce.pilotName ?? "everything"}, pulled by ${inForce.pulledByName}${inForce.reason === "" ? "." : `: ${inForce.reason}`}`,
          href: "/stops",
        }
      : null,
  };
}

function paletteOf(pilots: readonly PilotView[], runs: readonly RunName[]): PaletteItem[] {
  return [
    ...pilots.map(({ id, name, status }) => ({
      id,
      group: "Pilots",
      title: name,
      detail: status,
      href: `/pilots/${id}`,
    })),
    ...runs.map(({ id, title, status }) => ({
      id,
      group: "Runs",
      title,
      detail: status.replaceAll("_", " "),
      href: `/runs/${id}`,
    })),
  ];
}

/** What the person may start; an action that would be refused is not offered. */
function actionsOf(scope: Scope): PaletteItem[] {
  const launch = { id: "launch", group: "Actions", title: "Launch a run", href: "/runs/new" };
  const add = {
    id: "add-repository",
    group: "Actions",
    title: "Add a repository",
    href: "/repositories/new",
  };
  const start = { id: "new-pilot", group: "Actions", title: "New pilot", href: "/pilots/new" };
  return [
    ...(can(scope.grants, "run.launch") ? [launch] : []),
    ...(may(scope, "repository.add", null) ? [add] : []),
    ...(may(scope, "pilot.create", null) ? [start] : []),
  ];
}

const lives = (count: number): string => (count === 1 ? "1 live run" : `${count} live runs`);

/** Only what the person may stop; to stop one run is to cancel it. */
function stopScopes(
  scope: Scope,
  pilots: readonly PilotView[],
  live: LiveRuns,
  { pilotId, run }: Focus,
): StopScope[] {
  const pilot = pilots.find(({ id }) => id === (run?.pilotId ?? pilotId));
  const isLive = run !== undefined && LIVE.includes(run.status);
  const thisRun = isLive && may(scope, "run.cancel", run.pilotId) ? [ofRun(run)] : [];
  const everything = may(scope, "stop.pull", null) ? [ofAll(pilots, live)] : [];
  const offered = pilot ? [pilot] : everything.length > 0 ? [] : pilots;
  const stoppable = offered.filter(({ id }) => may(scope, "stop.pull", id));
  return [...thisRun, ...stoppable.map((each) => ofPilot(each, live)), ...everything];
}

const stopOf = (scopes: readonly StopScope[]) => (scopes.length === 0 ? null : { scopes, action: stop });

const ofRun = ({ id, status }: RunView): StopScope => ({
  value: `run:${id}`,
  title: "This run",
  fact: status.replaceAll("_", " "),
  button: "Stop this run",
});

const ofPilot = ({ id, name }: PilotView, live: LiveRuns): StopScope => ({
  value: `pilot:${id}`,
  title: name,
  fact: lives(live.ofPilot(id)),
  button: `Stop ${name}`,
});

const ofAll = (pilots: readonly PilotView[], live: LiveRuns): StopScope => ({
  value: "everything",
  title: `Everything, ${pilots.length === 1 ? "1 pilot" : `all ${pilots.length} pilots`}`,
  fact: lives(live.total),
  button: "Stop everything",
});
