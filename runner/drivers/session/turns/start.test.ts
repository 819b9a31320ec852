import { describe, expect, test } from "vitest";
import type { Resume } from "#lib/protocol/steering.ts";
import { agentAssignment } from "#lib/testing/runner/parts.ts";
import { firstStart, openingPrompts } from "./start.ts";

const resume: Resume = {
  ...{
    native: "session-1",
    driver: "openai",
    turn: 2,
    tree: "c".repeat(40),
    sha256: "0".repeat(64),
    bytes: 1,
  },
};
const shown = (part: object) => ({ ...agentAssignment(), task: "Repair it.", ...part });
const review = { message: "msg_1" };
const words = (prompts: readonly { readonly text: string }[]) => prompts.map(({ text }) => text).join("\n");

describe("an agent whose work was reviewed and sent back", () => {
  test("goes on in its own session and is told so, not that it was stopped", () => {
    const assignment = shown({ resume, review });
    const start = firstStart(assignment, "/snapshot");
    const said = words(openingPrompts(start, { native: "session-1", isRestored: true }, assignment, null));
    expect(said).toContain("It was reviewed and comes back to you");
    expect(said).toContain("Repair it.");
    expect(said).not.toContain("stopped from outside");
  });

  test("that can be taken up nowhere begins anew, and is told that the comments are about work it does not see", () => {
    const assignment = shown({ resume: null, review });
    const begun = { native: "session-2", isRestored: false };
    const said = words(openingPrompts(firstStart(assignment, null), begun, assignment, null));
    expect(said).toMatch(/# Task\nRepair it\.[\s\S]*It is not in the checkout/);
  });

  test("is told of no review where there was none", () => {
    const assignment = shown({ resume, review: null });
    const start = firstStart(assignment, "/snapshot");
    expect(start.goOn?.text).toContain("stopped from outside");
    expect(firstStart(shown({ resume: null, review: null }), null).unread).toEqual([]);
  });
});
