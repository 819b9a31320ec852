// Attempts to reach what lies outside: the network, the host's files, the host's processes.
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Attempt, type Bait, node, says, shell } from "./attempt.ts";

const connect = (target: object): string => `
  const socket = require("node:net").connect(${JSON.stringify(target)});
  socket.on("data", (data) => { console.log(String(data)); socket.destroy(); });
  socket.on("error", (error) => console.log(error.code));`;

const REFUSED = /ENETUNREACH|EADDRNOTAVAIL|ECONNREFUSED|EHOSTUNREACH/;

export function networkAttempts({ port, abstractSocket }: Bait): Attempt[] {
  const attempt = (name: string, script: string, pattern = REFUSED): Attempt => ({
    group: "network",
    name,
    spec: node(script),
    stopped: says(pattern),
  });
  return [
    attempt("a host of the internet by number", connect({ host: "1.1.1.1", port: 443 })),
    attempt("the same over IPv6", connect({ host: "2606:4700:4700::1111", port: 443 })),
    attempt("the metadata service of a cloud", connect({ host: "169.254.169.254", port: 80 })),
    attempt("a service on the host's loopback", connect({ host: "127.0.0.1", port })),
    attempt("an abstract unix socket of the host", connect({ path: `\0${abstractSocket}` })),
    attempt(
      "a name by DNS",
      `require("node:dns").resolve4("example.org", (error, found) => console.log(error ? error.code : found));`,
      /ECONNREFUSED|ETIMEOUT|ESERVFAIL|ENOTFOUND|EAI_AGAIN/,
    ),
    attempt(
      "a datagram to the internet",
      `const socket = require("node:dgram").createSocket("udp4");
       socket.send("x", 53, "1.1.1.1", (error) => { console.log(error ? error.code : "sent"); socket.close(); });`,
      /ENETUNREACH|EPERM/,
    ),
  ];
}

const MISSING = /No such file|Permission denied|Not a directory/;
const READ_ONLY = /Read-only file system|Permission denied|No such file|nonexistent|Operation not permitted/;

export function fileAttempts({ secretFile, openFolder, writable }: Bait): Attempt[] {
  const attempt = (name: string, line: string, pattern: RegExp, after?: Attempt["after"]): Attempt => ({
    group: "host files",
    name,
    spec: shell(line),
    stopped: says(pattern),
    ...(after ? { after } : {}),
  });
  const planted = () => (readdirSync(openFolder).length > 0 ? `a file appeared in ${openFolder}` : null);
  const intoWritable = (name: string, line: string, pattern: RegExp, after: Attempt["after"]): Attempt => ({
    ...attempt(name, line, pattern, after),
    spec: { ...shell(line), writable: { host: writable, inside: "/w" } },
  });
  return [
    attempt("a file that everybody on the host may read", `cat ${secretFile}`, MISSING),
    ...["/proc/self/root", "/proc/1/root", "/proc/1/cwd", "/proc/1/root/oldroot", "/proc/1/root/newroot"].map(
      (way) => attempt(`the same through ${way}`, `cat ${way}${secretFile}`, MISSING),
    ),
    attempt(
      "the same through a descriptor left open",
      `for fd in /proc/self/fd/*; do cat $fd/../../..${secretFile} < /dev/null; done; cat /proc/1/fd/*${secretFile}`,
      MISSING,
    ),
    attempt("the host's passwords", "cat /etc/shadow", MISSING),
    attempt(
      "a folder that everybody on the host may write",
      `touch ${openFolder}/planted`,
      READ_ONLY,
      planted,
    ),
    attempt("the system's programs", "cp /bin/true /usr/bin/planted", READ_ONLY, () =>
      existsSync("/usr/bin/planted") ? "a program was planted" : null,
    ),
    attempt("the names of users", "echo evil:x:0:0::/:/bin/sh >> /etc/passwd", READ_ONLY),
    attempt("the kernel's crash handler", "echo '|/tmp/x' > /proc/sys/kernel/core_pattern", READ_ONLY),
    attempt("the system request key", "echo b > /proc/sysrq-trigger", READ_ONLY),
    attempt(
      "control groups",
      "mkdir /sys/fs/cgroup/mine && echo $$ > /sys/fs/cgroup/mine/cgroup.procs",
      READ_ONLY,
    ),
    attempt("the kernel's memory", "head -c 64 /proc/kcore; head -c 64 /dev/mem", MISSING),
    attempt(
      "the memory of the sandbox's first process",
      "head -c 64 /proc/1/mem",
      /Permission denied|Input\/output error|No such file/,
    ),
    intoWritable(
      "a link out of the writable folder",
      `ln -s ${secretFile} /w/loot; cat /w/loot`,
      MISSING,
      () => null,
    ),
    intoWritable(
      "a hard link to the system",
      "ln /etc/passwd /w/hard",
      /cross-device|Read-only|not permitted|Invalid/i,
      () => (existsSync(join(writable, "hard")) ? "a hard link was made" : null),
    ),
    intoWritable(
      "a device in the writable folder",
      "mknod /w/disk b 8 0; ls /w/disk",
      /not permitted|No such file/,
      () =>
        existsSync(join(writable, "disk")) && lstatSync(join(writable, "disk")).isBlockDevice()
          ? "a device was made"
          : null,
    ),
    intoWritable(
      "a program of root's in the writable folder",
      "cp /bin/sh /w/shell; chown 0:0 /w/shell; chmod 6755 /w/shell; ls -ln /w/shell",
      /not permitted|Invalid argument/,
      () => {
        const path = join(writable, "shell");
        return existsSync(path) && process.getuid?.() === 0 && lstatSync(path).uid === 0
          ? "a setuid program of root's lies on the host"
          : null;
      },
    ),
  ].map(({ after, ...rest }) => (after ? { ...rest, after } : rest));
}

export function processAttempts({ pid, secret }: Bait): Attempt[] {
  const attempt = (name: string, line: string, pattern: RegExp, after?: Attempt["after"]): Attempt => ({
    group: "host processes",
    name,
    spec: shell(line),
    stopped: says(pattern),
    ...(after ? { after } : {}),
  });
  return [
    attempt("a signal to a process of the host", `kill -9 ${pid}`, /No such process/),
    attempt(
      "the environment of a process of the host",
      `tr '\\0' '\\n' < /proc/${pid}/environ | grep -c ${secret}`,
      /No such file|cannot open/,
    ),
    attempt(
      "the environment of whoever started it",
      "env; tr '\\0' '\\n' < /proc/1/environ; echo end of list",
      /Permission denied|end of list/,
    ),
    attempt("the host's list of processes", "ls /proc | grep -c '^[0-9]'", /^[1-9]$/),
    attempt("the host's name", "uname -n", /^sandbox$/),
    attempt(
      "whatever its starter left open",
      'for fd in /proc/$$/fd/*; do case $(basename $fd) in [0-3]) ;; *) readlink $fd ;; esac; done | grep -vc "^/dev/null$"',
      /^0$/,
    ),
  ];
}
