import { describe, expect, test } from "vitest";
import { type NamespaceFacts, namespaceRemedy, oldBubblewrap } from "./remedy.ts";

const facts = (rest: Partial<NamespaceFacts> = {}): NamespaceFacts => ({
  apparmorRestricts: null,
  cloneAllowed: null,
  maximum: "15000",
  isContainer: false,
  complaint: "bwrap: setting up uid map: Permission denied",
  ...rest,
});

describe("where user namespaces do not work", () => {
  test.each<[string, Partial<NamespaceFacts>, string]>([
    [
      "Ubuntu's AppArmor restriction",
      { apparmorRestricts: "1" },
      "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ],
    ["Ubuntu's AppArmor restriction", { apparmorRestricts: "1" }, "/etc/apparmor.d/bwrap"],
    ["Debian's switch", { cloneAllowed: "0" }, "sysctl -w kernel.unprivileged_userns_clone=1"],
    ["a limit of none", { maximum: "0" }, "sysctl -w user.max_user_namespaces=15000"],
    ["a container", { isContainer: true, apparmorRestricts: "1" }, "--security-opt seccomp=unconfined"],
    [
      "something else",
      { apparmorRestricts: "0", cloneAllowed: "1" },
      "bwrap: setting up uid map: Permission denied",
    ],
  ])("%s gets its exact remedy", (_name, rest, remedy) => {
    const sentence = namespaceRemedy(facts(rest));
    expect(sentence).toContain(remedy);
    expect(sentence).toMatch(/^\S.*\.$/);
    expect(sentence).not.toContain("\n");
  });
});

test("an old bubblewrap is named with its version", () => {
  expect(oldBubblewrap("0.6.1")).toBe(
    "Sandboxes need bubblewrap 0.7 or newer, and this host has 0.6.1: install a newer one.",
  );
});
