import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../errors.ts";
import { diskAlarms, placesOf, spaceAt, translatedDiskError } from "./service.ts";

const folder = mkdtempSync(join(realpathSync(tmpdir()), "pilothouse-disk-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ROOT = new URL("../..", import.meta.url).pathname;

/** Runs a script with a disk of one megabyte mounted at `folder`. */
function onSmallDisk(script: string): unknown {
  const sandbox = ["--dev-bind", "/", "/", "--size", String(1024 * 1024), "--tmpfs", folder, "--chdir", ROOT];
  const output = execFileSync("bwrap", [...sandbox, "--", process.execPath, script, folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output);
}

test("a write that finds the disk full says so, leaves nothing half written, and works again when there is room", () => {
  expect(onSmallDisk("lib/testing/disk/write-until-full.ts")).toEqual({
    refusal: {
      code: "unavailable",
      message:
        "The disk of the folder of large contents is full. Nothing was stored; try again once there is space.",
    },
    left: 1,
    kept: createHash("sha256")
      .update(Buffer.alloc(512 * 1024, 7))
      .digest("hex"),
    again: 512 * 1024,
    alarms: [["full", "The folder of large contents"]],
  });
});

test("free space is what the file system says; folders that are not there are no alarm", async () => {
  const space = await spaceAt(folder);
  expect(space.free).toBeGreaterThan(0);
  expect(space.total).toBeGreaterThanOrEqual(space.free);
  expect(await diskAlarms({ PILOTHOUSE_DATA: join(folder, "not-made-yet") })).toEqual([]);
  expect(placesOf({ PILOTHOUSE_LOG: "/srv/log" })).toEqual([{ title: "The log's folder", path: "/srv/log" }]);
});

test("other errors stay as they are", () => {
  const other = Object.assign(new Error("x"), { code: "EACCES" });
  expect(translatedDiskError(other, "x")).toBe(other);
  expect(translatedDiskError(Object.assign(new Error("x"), { code: "EDQUOT" }), "x")).toBeInstanceOf(
    AppError,
  );
});
