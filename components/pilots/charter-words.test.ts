import { describe, expect, test } from "vitest";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { policyOf } from "./charter-words.ts";

const charter = defaultCharter("rep_0123456789abcdefghjkmn", "main", "2030-12-31");
const part = (kind: string, of = charter) =>
  policyOf(of, "ledger").find((one) => one.kind === kind)?.sentences ?? [];

describe("a charter in words", () => {
  test("names what may be changed, and everything in two words", () => {
    expect(part("may")[0]).toBe("Change any file of ledger, starting from main.");
    const narrow = { ...charter, scope: { ...charter.scope, allowedPaths: ["src/**", "lib/**"] } };
    expect(part("may", narrow)[0]).toBe("Change src/**, lib/** of ledger, starting from main.");
  });

  test("says how many people of which roles", () => {
    expect(part("merge")).toContain(
      "One person who did not launch it must approve: engineering lead, security lead or reviewer.",
    );
    const two = {
      ...charter,
      controls: { ...charter.controls, approverCount: 2, approverRoles: ["security_lead" as const] },
    };
    expect(part("merge", two)).toContain(
      "2 different people who did not launch it must approve: security lead.",
    );
  });

  test("an extra approver is named only where the charter asks for one", () => {
    const without = {
      ...{ ...charter, scope: { ...charter.scope, protectedClasses: [] } },
      controls: { ...charter.controls, extraApproverOnFlags: false },
    };
    expect(part("merge").some((sentence) => sentence.startsWith("One more"))).toBe(true);
    expect(part("merge", without).some((sentence) => sentence.startsWith("One more"))).toBe(false);
  });

  test("says what may be spent on models, and what may not be sent to them", () => {
    expect(part("stops")).toContain(
      "Calls of models, before they could cost more than $5.00 in a run, $50.00 in a day or $500.00 in all.",
    );
    expect(part("never")).toContain("Send keys and passwords to a model: the request is refused.");
    const controls = { ...charter.controls, outboundSecret: "allow", outboundEmail: "mask" } as const;
    const other = part("never", { ...charter, controls });
    expect(other).toContain("Send e-mail addresses to a model as they are: they are masked.");
    expect(other.join(" ")).not.toContain("passwords");
  });

  test("names the pilot's own patterns and what becomes of what they find", () => {
    const ownPatterns = ["Project-Falcon"];
    const said = (outboundOwn: "block" | "mask" | "allow") =>
      part("never", { ...charter, controls: { ...charter.controls, ownPatterns, outboundOwn } }).join(" ");
    expect(said("block")).toContain(
      "Send what these find to a model: Project-Falcon; the request is refused.",
    );
    expect(said("mask")).toContain("Project-Falcon; it is masked.");
    expect(said("allow")).not.toContain("Falcon");
  });

  test("says before what the agent asks, and what happens where nobody answers", () => {
    expect(part("asks")).toEqual([]);
    const controls = { ...charter.controls, askMode: "unlisted" as const, allowedCommands: ["npm run *"] };
    const asking = part("asks", { ...charter, controls });
    expect(asking.join(" ")).toContain("only read, the test command, npm run *. One of these decides");
    expect(asking.join(" ")).toContain("in 30 minutes, it is declined, and the agent goes on");
    const parks = { ...charter.controls, askMode: "unlisted", unattended: "park", askMinutes: 1 } as const;
    expect(part("asks", { ...charter, controls: parks }).join(" ")).toContain(
      "in 1 minute, the run is parked",
    );
  });

  test("what is denied is never run, whether the agent asks or not", () => {
    const controls = { ...charter.controls, deniedCommands: ["git push", "npm publish"] };
    expect(part("never", { ...charter, controls })).toContain(
      "Run these, whoever would allow them: git push, npm publish.",
    );
  });

  test("a role made here is called by its name, and by its id where nobody knows one", () => {
    const rule = { gate: "merge", needed: 1, denials: 1, hours: 24, clock: "always" } as const;
    const roles: `rol_${string}`[] = ["rol_known", "rol_other"];
    const of = { ...charter, controls: { ...charter.controls, gates: [{ ...rule, roles }] } };
    const said = policyOf(of, "ledger", { rol_known: "Release manager" }).find(
      ({ kind }) => kind === "merge",
    );
    expect(said?.sentences.join(" ")).toContain("Merges: one person of “Release manager” or rol_other;");
  });

  test("every part has something to say, and long lists are cut with their number", () => {
    for (const { sentences } of policyOf(charter, "ledger")) expect(sentences.length).toBeGreaterThan(0);
    expect(part("merge").join(" ")).toMatch(/and \d+ more/);
  });
});
