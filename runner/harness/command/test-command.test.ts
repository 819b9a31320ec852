import { describe, expect, test } from "vitest";
import { testCommand } from "./test-command.ts";

const plan = { reportPath: "report.xml", harnessPaths: ["test/**"], repeats: 1 };

describe("the test command", () => {
  test("runs through env, so that nothing of it meets a shell", () => {
    const argv = ["pytest", "--junitxml=report.xml", "$(reboot)"];
    expect(testCommand({ ...plan, argv, env: { CI: "true" } })).toEqual([
      ...["env", "JEST_JUNIT_ADD_FILE_ATTRIBUTE=true", "CI=true"],
      ...argv,
    ]);
  });

  test("of Node loads the frozen assertions first and keeps options of the plan", () => {
    const command = testCommand({
      ...plan,
      argv: ["/opt/ph/node", "--test"],
      env: { NODE_OPTIONS: "--no-warnings" },
    });
    expect(command[2]).toMatch(
      /^NODE_OPTIONS=--no-warnings --import=data:text\/javascript;base64,[A-Za-z0-9+/=]+$/,
    );
    expect(command.slice(3)).toEqual(["/opt/ph/node", "--test"]);
  });
});
