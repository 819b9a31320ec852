import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { DeputyView, DutyView } from "#lib/deputies/schema.ts";
import type { GroupView } from "#lib/groups/schema.ts";
import type { HeldGrant, ListedPerson, PersonDetails } from "#lib/people/schema.ts";
import { DeputiesPage } from "./deputies-page.tsx";
import { GroupsPage } from "./groups-page.tsx";
import { OneTimeLinkNote } from "./one-time-link.tsx";
import { PeoplePage } from "./people-page.tsx";
import { PersonPage, type PersonPageProps } from "./person-page.tsx";

const action = async () => ({});
const at = new Date("2030-01-01T00:00:00Z");
const HOSTILE = "<img src=x onerror=alert(1)>";
const grant = (more: Partial<HeldGrant> = {}): HeldGrant => ({
  ...{ id: "grt_1", role: "reviewer", roleName: "Reviewer", pilotId: null, pilotName: null, endsAt: null },
  ...{ how: "direct", viaName: null, permissions: [] },
  ...more,
});
const listed = (more: Partial<ListedPerson> = {}): ListedPerson => ({
  ...{ id: "per_1", name: "Lea", email: "lea@example.org", kind: "person", state: "active", lastSeenAt: at },
  grants: [],
  ...more,
});
const details = (more: Partial<PersonDetails> = {}): PersonDetails => ({
  ...listed(more),
  ...{ sessions: 2, groups: [{ id: "grp_1", name: "On call", source: "sso" }] },
});

describe("the page of people", () => {
  test("says with which roles, where, until when and by what way somebody is here", () => {
    const page = renderToStaticMarkup(
      <PeoplePage
        people={[
          listed({
            grants: [
              grant({ pilotId: "pil_1", pilotName: "Atlas", endsAt: at }),
              grant({ id: "grt_2", how: "group", viaName: "On call" }),
              grant({ id: "grt_3", how: "deputy", viaName: "Ann" }),
              grant({ id: "grt_4" }),
            ],
          }),
          listed({ id: "per_2", state: "invited", lastSeenAt: null }),
          listed({ id: "per_3", state: "deactivated" }),
        ]}
        invite={null}
      />,
    );
    expect(page).toContain("3 people, 1 active");
    expect(page).toContain("on Atlas until 1 Jan 2030");
    expect(page).toContain("by the group On call");
    expect(page).toContain("as deputy of Ann");
    expect(page).toContain("and 1 more");
    for (const word of ["invited", "deactivated", "never"]) expect(page).toContain(word);
    expect(page).not.toContain("Invite a person");
  });

  test("offers to invite to who may, also while nobody else is here", () => {
    const page = renderToStaticMarkup(<PeoplePage people={[listed()]} invite={{ action, mailedBy: null }} />);
    expect(page).toContain("Nobody but you is here");
    expect(page).toContain("Invite a person");
  });

  test("probe: a name is text, whatever it looks like", () => {
    const people = [listed({ name: HOSTILE, email: HOSTILE }), listed({ id: "per_2" })];
    expect(renderToStaticMarkup(<PeoplePage people={people} invite={null} />)).not.toContain("<img");
  });
});

describe("the page of a person", () => {
  const rendered = (more: Partial<PersonPageProps>) =>
    renderToStaticMarkup(
      <PersonPage
        {...{ person: details(), deputies: [], isOneself: false, give: null, take: null, manage: null }}
        endDeputy={null}
        {...more}
      />,
    );
  const manage = { deactivate: action, reactivate: action, inviteAgain: action };
  const give = { action, roles: [], pilots: [] };

  test("shows everything and offers nothing to who only looks", () => {
    const page = rendered({});
    expect(page).toContain("On call (by sign-on)");
    expect(page).toContain("No role");
    for (const word of ["Deactivate", "Give the role", "Take away"]) expect(page).not.toContain(word);
  });

  test("says how the mail with an invitation goes, and why it failed, in words that are text", () => {
    const mail = { state: "failed", reason: HOSTILE, madeAt: at, nextAt: at, sentAt: null } as const;
    const failed = rendered({ mail });
    for (const word of ["Invitation by mail", "Failed", "&lt;img", "Give them the link yourself"])
      expect(failed).toContain(word);
    expect(failed).not.toContain("<img");
    const sent = rendered({ mail: { ...mail, state: "sent", sentAt: at } });
    expect(sent).toContain("taken by the mail server");
    expect(sent).not.toContain("img");
    expect(rendered({ mail: null })).toContain("not mailed");
    expect(rendered({})).not.toContain("by mail");
  });

  test("takes away what was given by name, and not what comes by a group", () => {
    const grants = [grant(), grant({ id: "grt_2", how: "group", viaName: "On call" })];
    const page = rendered({ person: details({ grants }), take: action, give, manage });
    expect(page.match(/Take away/g)).toHaveLength(1);
    expect(page).toContain("Give the role");
    expect(page).toContain("Deactivate…");
  });

  test("offers nobody to do it to themselves, and to who is out only to come back", () => {
    const own = rendered({ isOneself: true, give, manage });
    expect(own).not.toContain("Deactivate…");
    expect(own).not.toContain("Give the role");
    const gone = rendered({ person: details({ state: "deactivated" }), give, manage });
    expect(gone).toContain("Reactivate");
    expect(gone).not.toContain("Give the role");
    const invited = { person: details({ state: "invited" }), manage };
    expect(rendered(invited)).toContain("Make a new link");
    const mail = { state: "given_up", reason: "x", madeAt: at, nextAt: at, sentAt: null } as const;
    const lost = rendered({ ...invited, mail });
    expect(lost).toContain("Send it again");
    expect(lost).not.toContain("Make a new link");
    expect(rendered({ ...invited, mail: { ...mail, state: "waiting" } })).not.toContain("Send it again");
  });
});

describe("the page of groups", () => {
  const group: GroupView = {
    ...{ id: "grp_1", name: HOSTILE, description: "Nights", fromSso: false },
    members: [
      { personId: "per_1", name: "Lea", source: "hand" },
      { personId: "per_1", name: "Lea", source: "sso" },
    ],
    grants: [{ ...grant(), id: "grt_9" }],
  };
  const manage = {
    make: action,
    remove: action,
    fill: action,
    addMember: action,
    removeMember: action,
    people: [],
  };

  test("says where there is none, and counts a person once", () => {
    const none = renderToStaticMarkup(<GroupsPage groups={[]} manage={null} give={null} take={null} />);
    expect(none).toContain("No group yet");
    const page = renderToStaticMarkup(
      <GroupsPage groups={[group]} manage={manage} give={null} take={action} />,
    );
    expect(page).toContain("1 member");
    expect(page.match(/Take out/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
  });

  test("says of each whether single sign-on fills it, and lets who manages them change that", () => {
    const shown = (fromSso: boolean, managing = true) =>
      renderToStaticMarkup(
        <GroupsPage
          {...{ groups: [{ ...group, fromSso }], manage: managing ? manage : null, give: null, take: null }}
        />,
      );
    expect(shown(false)).toContain("puts nobody in");
    expect(shown(false)).toMatch(/name="fromSso"[^>]*value="yes"/);
    expect(shown(true)).toContain("Filled by single sign-on: whom");
    expect(shown(true)).not.toContain('name="fromSso"');
    expect(shown(true, false)).not.toContain("by hand alone");
  });
});

describe("the page of deputies", () => {
  const deputy: DeputyView = {
    ...{ id: "dep_1", personId: "per_1", personName: "Lea", deputyId: null, deputyName: null },
    ...{ pilotId: "pil_1", pilotName: "Atlas", startsAt: at, endsAt: at },
  };
  const duty: DutyView = {
    ...{ id: "dty_1", pilotId: "pil_1", pilotName: "Atlas", personId: "per_2", personName: "Bo" },
    ...{ startsAt: at, endsAt: at },
  };
  const name = { action, people: [], pilots: [] };

  test("says who decides for whom and who is on duty, and lets only who may write the rota", () => {
    const page = renderToStaticMarkup(
      <DeputiesPage
        deputies={[deputy]}
        duties={[duty]}
        name={name}
        end={action}
        duty={null}
        offDuty={null}
      />,
    );
    expect(page).toContain("Whoever is on duty");
    expect(page).toContain("for Lea");
    expect(page).not.toContain("Put on duty");
    const empty = renderToStaticMarkup(
      <DeputiesPage deputies={[]} duties={[]} name={name} end={action} duty={name} offDuty={action} />,
    );
    expect(empty).toContain("Nobody decides for you");
    expect(empty).toContain("No rota yet");
    expect(empty).toContain("Put on duty");
  });
});

test("a one-time link stands there also where no script has run yet", () => {
  expect(renderToStaticMarkup(<OneTimeLinkNote path="/link/abc" />)).toContain("/link/abc");
});
