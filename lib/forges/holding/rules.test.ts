import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actorsInWords, holdSaid, judgeHold } from "./rules.ts";
import {
  BypassActor as Actor,
  type BypassActor,
  type RequiringRule,
  RequiringRule as Rule,
  type RulesSeen,
} from "./schema.ts";

const OURS = 4711;
const team: BypassActor = { type: "Team", id: 1, mode: "always" };
const rule = (app: number | null, bypass: BypassActor[] | null = []): RequiringRule => ({
  ...{ kind: "ruleset", id: 1, app, bypass },
});
const seen = (rules: RequiringRule[], more: Partial<RulesSeen> = {}): RulesSeen => ({
  ...{ branch: "main", app: OURS, rules, pullsOnly: false },
  ...more,
});

describe("what GitHub's rules hold", () => {
  test.each([
    [
      "a rule bound to our app that nobody may bypass",
      seen([rule(OURS)]),
      "held",
      true,
      /are held by GitHub, and nobody may bypass/,
    ],
    [
      "one that a team may bypass",
      seen([rule(OURS, [team])]),
      "bypassed",
      true,
      /held by GitHub\. 1 actor may bypass the rule: 1 team\./,
    ],
    [
      "one that our app alone may bypass",
      seen([rule(OURS, [{ type: "Integration", id: OURS, mode: "always" }])]),
      "held",
      true,
      /nobody may bypass/,
    ],
    [
      "one whose bypass is not shown",
      seen([rule(OURS, null)]),
      "bypass_hidden",
      true,
      /held by GitHub.*Who may bypass the rule is not known/,
    ],
    [
      "one that any app may satisfy",
      seen([rule(null)]),
      "loose",
      false,
      /held loosely.*Bind the rule to the app\./,
    ],
    [
      "one that anybody may satisfy, where there is a token alone",
      seen([rule(null)], { app: null }),
      "loose",
      true,
      /held loosely.*Connect an app/,
    ],
    [
      "one bound to another app",
      seen([rule(1)]),
      "other_app",
      false,
      /another app.*nothing approved here can be merged/,
    ],
    [
      "one bound to an app, where there is a token alone",
      seen([rule(OURS)], { app: null }),
      "other_app",
      false,
      /another app/,
    ],
    [
      "no rule",
      seen([]),
      "not_held",
      false,
      /Not held: no rule requires pilothouse\/merge on main\. Whoever may write can push straight to it/,
    ],
    [
      "no rule but that pull requests are wanted",
      seen([], { pullsOnly: true }),
      "not_held",
      false,
      /Not held.*can merge pull requests/,
    ],
    ["nothing that may be read", null, "unreadable", false, /is not known/],
  ] as const)("%s", (_, of, verdict, held, words) => {
    expect(judgeHold(of)).toMatchObject({ verdict, held });
    expect(holdSaid(of, "main").text).toMatch(words);
  });

  test("two rules are passed by whoever may pass both, so the narrower one counts", () => {
    const wide = rule(OURS, [team, { type: "User", id: 9, mode: "always" }]);
    expect(judgeHold(seen([wide, rule(OURS, [team])])).bypass).toEqual([team]);
    expect(judgeHold(seen([wide, rule(OURS, null)]))).toMatchObject({ verdict: "bypassed" });
    expect(judgeHold(seen([rule(1), rule(OURS)]))).toMatchObject({ verdict: "held" });
  });

  test("actors are counted by what they are", () => {
    const actors: BypassActor[] = [
      team,
      { ...team, id: 2 },
      { type: "OrganizationAdmin", id: null, mode: "always" },
    ];
    expect(actorsInWords(actors)).toBe("2 teams, the organisation's administrators");
  });

  test("probe: whatever is read, nothing is called held that does not bind our own app, unless a token is all there is", () => {
    const id = fc.option(fc.constantFrom(1, OURS), { nil: null });
    const actor = fc.record({
      type: fc.constantFrom(...Actor.shape.type.options),
      id,
      mode: fc.constantFrom(...Actor.shape.mode.options),
    });
    const one = fc.record({
      ...{ kind: fc.constantFrom(...Rule.shape.kind.options), id, app: id },
      bypass: fc.option(fc.array(actor, { maxLength: 3 }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), id, fc.boolean(), (rules, app, pullsOnly) => {
        const hold = judgeHold({ branch: "main", app, rules, pullsOnly });
        const bound = app !== null && rules.some((each) => each.app === app);
        const loose = app === null && rules.some((each) => each.app === null);
        expect(hold.held).toBe(bound || loose);
        if (hold.verdict === "held") expect(hold.bypass).toEqual([]);
        if (hold.verdict !== "not_held") expect(hold.push).toBe("refused");
      }),
    );
  });
});
