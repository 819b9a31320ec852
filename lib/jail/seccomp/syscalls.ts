// Numbers of the system calls the filter names. Sources: Linux arch/x86/entry/syscalls/syscall_64.tbl and
// include/uapi/asm-generic/unistd.h (arm64). A call that an architecture does not have is absent from its table.

export type Architecture = "x64" | "arm64";

/** `seccomp_data.arch` of a native call (linux/audit.h). */
export const AUDIT_ARCH: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

type Numbers = readonly [x64: number | null, arm64: number | null];

/** Calls that answer "no such system call": programs have a fallback for that, and not for EPERM. */
const ABSENT: Record<string, Numbers> = {
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  // Its flags lie in memory, where a filter cannot look; glibc falls back to clone.
  clone3: [435, 435],
};

/** Calls that answer EPERM. */
const FORBIDDEN: Record<string, Numbers> = {
  // other processes
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  move_pages: [279, 239],
  migrate_pages: [256, 238],
  // namespaces and mounts
  unshare: [272, 97],
  setns: [308, 268],
  chroot: [161, 51],
  pivot_root: [155, 41],
  mount: [165, 40],
  umount2: [166, 39],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  move_mount: [429, 429],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  mount_setattr: [442, 442],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  // kernel interfaces with a history of escapes
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  fanotify_init: [300, 262],
  memfd_secret: [447, 447],
  modify_ldt: [154, null],
  uselib: [134, null],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  // the machine
  syslog: [103, 116],
  acct: [163, 89],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  iopl: [172, null],
  ioperm: [173, null],
  vhangup: [153, 58],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
};

/** Calls whose arguments decide. */
const INSPECTED = { clone: [56, 220], socket: [41, 198], ioctl: [16, 29] } satisfies Record<string, Numbers>;

export interface SyscallTable {
  readonly absent: ReadonlyMap<string, number>;
  readonly forbidden: ReadonlyMap<string, number>;
  readonly inspected: Readonly<Record<keyof typeof INSPECTED, number>>;
}

function numbersOf(calls: Record<string, Numbers>, column: 0 | 1): Map<string, number> {
  const table = new Map<string, number>();
  for (const [name, numbers] of Object.entries(calls)) {
    const number = numbers[column];
    if (number !== null) table.set(name, number);
  }
  return table;
}

export function syscallTable(architecture: Architecture): SyscallTable {
  const column = architecture === "x64" ? 0 : 1;
  const { clone, socket, ioctl } = INSPECTED;
  return {
    absent: numbersOf(ABSENT, column),
    forbidden: numbersOf(FORBIDDEN, column),
    inspected: { clone: clone[column], socket: socket[column], ioctl: ioctl[column] },
  };
}
