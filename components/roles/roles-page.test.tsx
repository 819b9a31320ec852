import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { HeldGrant } from "#lib/people/schema.ts";
import type { RoleView } from "#lib/roles/schema.ts";
import { RolesPage, type RolesPageProps } from "./roles-page.tsx";
import { byNoun } from "./words.ts";

const action = async () => ({});
const role = (more: Partial<RoleView> = {}): RoleView => ({
  ...{
    id: "viewer",
    name: "Viewer",
    description: "",
    isBuiltIn: true,
    permissions: ["run.view"],
    holders: 3,
  },
  ...more,
});
const own = role({ id: "rol_1", name: "Night desk", isBuiltIn: false });
const rendered = (more: Partial<RolesPageProps>) =>
  renderToStaticMarkup(
    <RolesPage
      roles={[role(), own]}
      permissions={["run.view", "gate.decide"]}
      people={[]}
      pilots={[]}
      asked={{ personId: "", pilotId: "", answer: null }}
      manage={null}
      {...more}
    />,
  );

describe("the page of roles", () => {
  test("says of each permission which role includes it", () => {
    const page = rendered({});
    expect(page.match(/>yes</g)).toHaveLength(2);
    expect(page.match(/>no</g)).toHaveLength(2);
    expect(page).toContain("made here");
    expect(page).not.toContain("Make a role");
  });

  test("offers to change those made here, never the built-in ones", () => {
    const page = rendered({
      manage: { make: action, change: action, retire: action, grantable: ["run.view"] },
    });
    expect(page).toContain("Make a role");
    expect(page.match(/Change…/g)).toHaveLength(1);
    expect(page.match(/name="roleId"/g)).toHaveLength(1);
  });

  test("answers who may do what by naming every grant it comes by", () => {
    const held: HeldGrant = {
      ...{ id: "grt_1", role: "rol_1", roleName: "<b>Night</b>", pilotId: "pil_1", pilotName: "Atlas" },
      ...{ endsAt: null, how: "group", viaName: "On call", permissions: ["gate.decide"] },
    };
    const page = rendered({
      asked: {
        ...{ personId: "per_1", pilotId: "pil_1" },
        answer: {
          name: "Lea",
          explained: [
            { permission: "run.view", by: [] },
            {
              permission: "gate.decide",
              by: [held, { ...held, id: "grt_2", how: "deputy", viaName: "Ann" }],
            },
          ],
        },
      },
    });
    expect(page).toContain("Lea may do 1 of 2 things there.");
    expect(page).toContain("on Atlas, by the group On call");
    expect(page).toContain("as deputy of Ann");
    expect(page).toContain("no grant includes it");
    expect(page).not.toContain("<b>");
  });

  test("puts permissions under their nouns", () => {
    expect(byNoun(["run.view", "gate.decide", "run.launch"])).toEqual([
      ["run", ["run.view", "run.launch"]],
      ["gate", ["gate.decide"]],
    ]);
  });
});
