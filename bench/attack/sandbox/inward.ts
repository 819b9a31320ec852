// Attempts to become more than an ordinary process: privileges, name spaces, system calls that few programs need.
import { type Architecture, syscallTable } from "#lib/jail/seccomp/syscalls.ts";
import { type Attempt, says, shell } from "./attempt.ts";

const NOT_PERMITTED =
  /not permitted|[Pp]ermission denied|must be superuser|Authentication|not found in|cannot|only root/;

/** Perl that makes system calls by number and prints how many of them were answered with another errno. */
const PERL = `my $want = shift; my $odd = 0;
  for (@ARGV) { $! = 0; my ($n, @a) = map { int } split /,/; my $r = syscall($n, @a); $odd++ unless $r == -1 && $!+0 == $want; }
  print "$odd of ", scalar(@ARGV), " calls went through\\n";`;

const calls = (name: string, errno: number, list: readonly string[]): Attempt => ({
  group: "system calls",
  name,
  spec: { ...shell(""), command: ["perl", "-e", PERL, String(errno), ...list] },
  stopped: says(new RegExp(`^0 of ${list.length} calls`)),
});

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

export function systemCallAttempts(): Attempt[] {
  const table = syscallTable(process.arch as Architecture);
  const { clone, ioctl, socket } = table.inspected;
  const ZEROS = ",0,0,0,0,0,0";
  return [
    calls(
      "ptrace, mount, bpf, keyctl and all others that are forbidden",
      EPERM,
      [...table.forbidden.values()].map((number) => `${number}${ZEROS}`),
    ),
    calls(
      "io_uring and clone3",
      ENOSYS,
      [...table.absent.values()].map((number) => `${number}${ZEROS}`),
    ),
    calls("a new user name space by clone", EPERM, [`${clone},${0x10000000 | 17},0,0,0,0`]),
    calls("typing into the terminal (TIOCSTI)", EPERM, [`${ioctl},0,${0x5412},0`]),
    calls("netlink, packet and vsock sockets", EAFNOSUPPORT, [
      `${socket},16,3,0`,
      `${socket},17,3,0`,
      `${socket},40,1,0`,
    ]),
  ];
}

export function privilegeAttempts(): Attempt[] {
  const attempt = (name: string, line: string, pattern: RegExp = NOT_PERMITTED): Attempt => ({
    group: "privileges",
    name,
    spec: shell(line),
    stopped: says(pattern),
  });
  return [
    attempt("unshare: root of a name space of its own", "unshare -Urm id -u"),
    attempt("mount: a file system of its own", "mount -t tmpfs none /tmp"),
    attempt("mount: /usr writable again", "mount -o remount,rw /usr"),
    attempt("umount: what is mounted over", "umount /etc", /umount failed|not permitted/),
    attempt("chroot", `perl -e 'chroot("/tmp") or die "chroot: $!\\n"'`),
    attempt("nsenter: the first process's name spaces", "nsenter -t 1 -m -p -n id"),
    attempt(
      "setpriv: another user",
      "setpriv --reuid 0 --clear-groups id -u",
      /setresuid failed|setgroups failed/,
    ),
    attempt("su", "su root -c id", /Critical error|Authentication|must be/),
    attempt(
      "capabilities of any kind",
      "grep ^Cap /proc/self/status | tr -d '0\\n\\t'; echo",
      /^CapInh:CapPrm:CapEff:CapBnd:CapAmb:$/,
    ),
    attempt(
      "no filter on its system calls",
      "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t\\n'; echo",
      /^NoNewPrivs:1Seccomp:2$/,
    ),
    attempt("the clock", "date -s '2001-01-01'"),
    attempt("the host's name", "hostname evil", /not permitted|must be root|you|not found/),
  ];
}
