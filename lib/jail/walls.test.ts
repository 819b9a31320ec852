import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import type { SandboxSpec } from "./port.ts";
import { run } from "./run.ts";

const { sandbox, folder } = await testSandbox();

type Extras = Parameters<typeof specOf>[1];

async function inside(line: string, extras?: Extras): Promise<string> {
  const { stdout, stderr, exit } = await run(sandbox, specOf(line, extras));
  return `${stdout}${stderr}${exit.code === 0 ? "" : `exit ${exit.code}`}`.trim();
}

const node = (script: string, env: SandboxSpec["env"] = {}): SandboxSpec => ({
  command: ["node", "-e", script],
  env,
  limits: TEST_LIMITS,
});

async function answerOf(spec: SandboxSpec): Promise<string> {
  return String((await run(sandbox, spec)).stdout).trim();
}

const CONNECT = `
  const socket = require("node:net").connect(JSON.parse(process.env.TARGET));
  socket.on("connect", () => { console.log("connected"); socket.destroy(); });
  socket.on("error", (error) => console.log(error.code));
`;

describe("the network", () => {
  test("probe: nothing outside can be connected to", async () => {
    const target = JSON.stringify({ host: "1.1.1.1", port: 80 });
    expect(await answerOf(node(CONNECT, { TARGET: target }))).toBe("ENETUNREACH");
    const six = JSON.stringify({ host: "2606:4700:4700::1111", port: 80 });
    expect(await answerOf(node(CONNECT, { TARGET: six }))).toMatch(/ENETUNREACH|EADDRNOTAVAIL/);
  });

  test.each([
    [
      "a name",
      "require('node:dns').resolve4('x.example.org', (error) => console.log(error?.code ?? 'answered'))",
    ],
    [
      "a name, asked of somebody",
      "const { Resolver } = require('node:dns'); const asked = new Resolver({ tries: 1 }); asked.setServers(['1.1.1.1']); asked.resolveTxt('x.example.org', (error) => console.log(error?.code ?? 'answered'))",
    ],
    [
      "a datagram",
      "const one = require('node:dgram').createSocket('udp4'); one.send('x', 53, '1.1.1.1', (error) => { console.log(error?.code ?? 'sent'); one.close(); })",
    ],
  ])("probe: %s does not get out", async (_, script) => {
    expect(await answerOf(node(script))).toMatch(/^(ENETUNREACH|ECONNREFUSED|ESERVFAIL|EAI_AGAIN|ETIMEOUT)$/);
  });

  test("probe: neither without the variables of a proxy, nor with ones of its own, nor by the loader's hand", async () => {
    const target = JSON.stringify({ host: "1.1.1.1", port: 443 });
    const script = `${CONNECT.replaceAll("\n", " ")}`;
    const own = "HTTPS_PROXY=http://1.1.1.1:80 ALL_PROXY=socks5://1.1.1.1:1080";
    const none = "env -u HTTPS_PROXY -u HTTP_PROXY -u ALL_PROXY -u NO_PROXY";
    const loader =
      'LD_PRELOAD= "$(ls /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* 2>/dev/null | head -1)" "$(command -v node)"';
    for (const way of [`${none} node`, `${own} node`, loader]) {
      const { stdout } = await run(sandbox, specOf(`${way} -e '${script}'`, { env: { TARGET: target } }));
      expect(String(stdout).trim(), way).toBe("ENETUNREACH");
    }
  });

  test("probe: a service on the host's loopback is not there", async () => {
    const server = createServer((socket) => socket.end("secret")).listen(0, "127.0.0.1");
    afterAll(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await answerOf(node(CONNECT, { TARGET: JSON.stringify({ host: "127.0.0.1", port }) }))).toBe(
      "ECONNREFUSED",
    );
  });

  test("probe: an abstract unix socket of the host is not there", async () => {
    const path = `\0pilothouse-wall-${process.pid}`;
    const server = createServer((socket) => socket.end("secret")).listen({ path });
    afterAll(() => void server.close());
    await once(server, "listening");
    expect(await answerOf(node(CONNECT, { TARGET: JSON.stringify({ path }) }))).toBe("ECONNREFUSED");
  });

  test("only loopback exists, and it works", async () => {
    expect(await inside("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).toBe("lo");
    const talk = `
      const net = require("node:net");
      const server = net.createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1", () =>
        net.connect(server.address().port, "127.0.0.1").on("data", (data) => { console.log(String(data)); server.close(); }));
    `;
    expect(await answerOf(node(talk))).toBe("hello");
  });
});

describe("the host's files", () => {
  test.each([
    "/root",
    "/home/ubuntu",
    "/srv",
    "/sys",
    "/run",
    "/var/lib",
    "/etc/shadow",
    "/etc/hostname",
    "/etc/ssh",
  ])("probe: %s does not exist inside", async (path) => {
    expect(await inside(`ls -d ${path}`)).toContain("No such file");
  });

  test("probe: neither this checkout nor the sandbox's own state is there", async () => {
    expect(await inside(`ls ${process.cwd()} ${folder}`)).toMatch(/(No such file[\s\S]*){2}/);
    expect(await inside("ls -A /tmp /work /home/agent /dev/shm")).toBe(
      "/dev/shm:\n\n/home/agent:\n\n/tmp:\n\n/work:",
    );
  });

  test("probe: the tree bubblewrap built from is not reachable through /proc", async () => {
    expect(await inside("ls /proc/1/root/root /proc/1/cwd/root /oldroot")).not.toContain("\n/");
    expect(await inside("ls /proc/1/root/root")).toMatch(/No such file|Permission denied/);
    expect(await inside("ls /proc | grep -c '^[0-9]'").then(Number)).toBeLessThan(8);
  });

  test.each([
    "/",
    "/usr",
    "/usr/bin",
    "/etc",
    "/dev",
    "/opt",
    "/opt/ph",
    "/home",
    "/var",
    "/proc",
    "/proc/sys/kernel",
  ])("probe: %s cannot be written", async (path) => {
    expect(await inside(`echo x > ${path}/planted`)).toMatch(
      /Read-only file system|Permission denied|nonexistent|No such file/,
    );
  });

  test("probe: what is there cannot be replaced", async () => {
    expect(await inside("echo x >> /etc/passwd")).toMatch(/Read-only file system|Permission denied/);
    expect(await inside("mv /opt/ph/node /opt/ph/other")).toContain("Read-only file system");
    expect(await inside("rm /bin")).toContain("Read-only file system");
    expect(await inside("echo 1 > /proc/sys/kernel/hostname")).toMatch(/Read-only|Permission denied/);
  });

  test("the trees that are its own can be written", async () => {
    const trees = "/work /tmp /var/tmp /home/agent /dev/shm";
    expect(await inside(`for tree in ${trees}; do echo $tree > $tree/file && cat $tree/file; done`)).toBe(
      trees.split(" ").join("\n"),
    );
  });

  test("nothing of a run is there in the next", async () => {
    await inside("touch /work/left /tmp/left /home/agent/left");
    expect(await inside("find /work /tmp /home/agent -name left")).toBe("");
  });
});

describe("privileges", () => {
  test("the command is an ordinary user without a single capability", async () => {
    expect(await inside("id -un; id -u; id -G")).toBe("agent\n61000\n61000");
    const status = await inside("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'");
    expect(status.split("\n")).toEqual([
      ...["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map((set) => `${set}:0000000000000000`),
      "NoNewPrivs:1",
      "Seccomp:2",
    ]);
  });

  test("probe: root cannot be become", async () => {
    expect(await inside("su root -c id; sudo id; setpriv --reuid 0 id")).not.toContain("uid=0");
  });

  test("probe: processes of the host are not visible and cannot be signalled", async () => {
    expect(await inside(`kill -0 ${process.pid} || echo none`)).toContain("none");
    expect(await inside("cat /proc/1/comm")).toBe("bwrap");
  });

  test("the host name tells nothing", async () => {
    expect(await inside("uname -n")).toBe("sandbox");
  });
});

describe("tools", () => {
  test("node is this process's own", async () => {
    expect(await inside("node --version; command -v node")).toBe(`${process.version}\n/opt/ph/node`);
  });

  test("git makes a repository, commits and clones", async () => {
    const git = "git -c user.name=a -c user.email=a@example.org";
    expect(
      await inside(
        `git init -q one && cd one && echo x > file && git add file && ${git} commit -qm first && git clone -q . ../two && cat ../two/file`,
      ),
    ).toBe("x");
  });

  test("perl and a shell pipeline run under the filter", async () => {
    expect(await inside("perl -e 'print join q(,), map { $_ * 2 } 1..3' | tr , +")).toBe("2+4+6");
  });
});
