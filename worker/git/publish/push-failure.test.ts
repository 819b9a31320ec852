import { describe, expect, test } from "vitest";
import type { GitResult } from "../result.ts";
import type { Source } from "../source/check-source.ts";
import { pushFailure } from "./push-failure.ts";

const SSH: Source = {
  kind: "ssh",
  place: { user: "git", host: "git.test", port: 22, path: "/team/project.git" },
};
const declined = (stderr: string, why: string): GitResult => ({
  ...{ code: 1, signal: null, ended: "itself", stderr },
  stdout: Buffer.from(`To upstream\n!\trefs/x/main:refs/heads/main\t[remote rejected] (${why})\nDone\n`),
});
const HOOK = "pre-receive hook declined";

describe("a push over ssh that did not arrive", () => {
  test.each([
    ["GitHub", "ERROR: The key you are authenticating with has been marked as read only."],
    ["GitLab", "remote: ERROR: This deploy key does not have write access to this project."],
    ["Gitea", "remote: Gitea: Deploy Key: 3:x is not allowed to upload to team/project."],
  ])("is told as a key that may read alone, with the line of %s beside it", (_, line) => {
    const said = line.replace("remote: ", "");
    expect(pushFailure(declined(`${line}\nfatal: no more\n`, HOOK), SSH, "main")).toEqual({
      outcome: "refused",
      sentence: `git.test lets the deploy key read and not write. Allow it to write there, or let approved merges move a branch kept here. It said: ${said}`,
    });
  });

  test.each([
    ["GitHub", "remote: error: GH006: Protected branch update failed for refs/heads/main.", HOOK],
    [
      "GitLab",
      "remote: GitLab: You are not allowed to push code to protected branches on this project.",
      HOOK,
    ],
    ["Gitea", "remote: Gitea: Not allowed to push to protected branch main", HOOK],
  ])("to a protected branch is no fault of the key, with the line of %s beside it", (_, line, why) => {
    expect(pushFailure(declined(`${line}\n`, why), SSH, "main")).toEqual({
      outcome: "refused",
      sentence: `The upstream refused the push to main: [remote rejected] (${why}). It said: ${line.replace("remote: ", "")}`,
    });
  });

  test("probe: a line of a megabyte that hides characters is one short visible line", () => {
    const line = `remote: protected branch \u202e${"x".repeat(1_000_000)}`;
    const { sentence } = pushFailure(declined(line, HOOK), SSH, "main");
    expect(sentence.length).toBeLessThan(500);
    expect(sentence).not.toContain("\u202e");
  });
});
