import { describe, expect, test } from "vitest";
import { parseStanding } from "./layout.ts";

const V2_HOST =
  "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot";

describe("where a process stands", () => {
  test("on a version 2 host", () => {
    const standing = parseStanding(
      "0::/system.slice/pilothouse.service\n",
      `22 1 8:1 / / rw - ext4 /dev/sda rw\n${V2_HOST}\n`,
    );
    expect(standing.v1.size).toBe(0);
    expect(standing.v2).toEqual({
      directory: "/sys/fs/cgroup/system.slice/pilothouse.service",
      mount: "/sys/fs/cgroup",
    });
  });

  test("on a version 1 host, joint controllers included", () => {
    const standing = parseStanding(
      "4:memory:/user.slice\n3:cpu,cpuacct:/user.slice/a\n2:name=systemd:/x\n1:pids:/\n",
      [
        "33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
        "34 25 0:30 / /sys/fs/cgroup/memory rw shared:14 master:2 - cgroup cgroup rw,memory",
        "35 25 0:31 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
      ].join("\n"),
    );
    expect(Object.fromEntries(standing.v1)).toEqual({
      memory: "/sys/fs/cgroup/memory/user.slice",
      cpu: "/sys/fs/cgroup/cpu,cpuacct/user.slice/a",
      cpuacct: "/sys/fs/cgroup/cpu,cpuacct/user.slice/a",
      pids: "/sys/fs/cgroup/pids",
    });
    expect(standing.v2).toBeNull();
  });

  test("on a host with both, the version 2 tree is told beside the controllers", () => {
    const standing = parseStanding(
      "4:memory:/a\n0::/b\n",
      [
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
        "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
      ].join("\n"),
    );
    expect(standing.v1.get("memory")).toBe("/sys/fs/cgroup/memory/a");
    expect(standing.v2?.directory).toBe("/sys/fs/cgroup/unified/b");
  });

  test("in a container whose mount is its own part of the tree", () => {
    const mount = "30 23 0:26 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory";
    expect(parseStanding("4:memory:/docker/abc/inner\n", mount).v1.get("memory")).toBe(
      "/sys/fs/cgroup/memory/inner",
    );
    expect(parseStanding("4:memory:/docker/abc\n", mount).v1.get("memory")).toBe("/sys/fs/cgroup/memory");
  });

  test("probe: a path outside of what is mounted does not lead out of the mount", () => {
    const mount = "30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
    expect(parseStanding("0::/docker/other\n", mount).v2?.directory).toBe("/sys/fs/cgroup");
    expect(parseStanding("0::/../../x\n", V2_HOST).v2?.directory).toMatch(/^\/sys\/fs\/cgroup/);
  });

  test("colons in a group's name and spaces in a mount point are read", () => {
    const mount = V2_HOST.replace("/sys/fs/cgroup", "/my\\040groups");
    expect(parseStanding("0::/a:b\n", mount).v2?.directory).toBe("/my groups/a:b");
  });

  test("without any group file system it stands nowhere", () => {
    expect(parseStanding("0::/\n", "22 1 8:1 / / rw - ext4 /dev/sda rw\n")).toEqual({
      v1: new Map(),
      v2: null,
    });
    expect(parseStanding("", "")).toEqual({ v1: new Map(), v2: null });
  });
});
