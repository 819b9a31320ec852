// What to tell somebody whose host forbids sandboxes: the reason and the exact way out. Pure.

export interface NamespaceFacts {
  /** kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and later); null where there is no such setting. */
  readonly apparmorRestricts: string | null;
  /** kernel.unprivileged_userns_clone (Debian, Arch); null where there is no such setting. */
  readonly cloneAllowed: string | null;
  /** user.max_user_namespaces. */
  readonly maximum: string | null;
  readonly isContainer: boolean;
  /** What bubblewrap said. */
  readonly complaint: string;
}

export const INSTALL_BUBBLEWRAP =
  "Sandboxes need bubblewrap 0.7 or newer, and there is none: run `apt-get install -y bubblewrap` (or your system's equivalent) as root.";

export const oldBubblewrap = (version: string): string =>
  `Sandboxes need bubblewrap 0.7 or newer, and this host has ${version}: install a newer one.`;

/** One sentence: why user namespaces do not work here, and what to do. */
export function namespaceRemedy(facts: NamespaceFacts): string {
  const { apparmorRestricts, cloneAllowed, maximum, isContainer, complaint } = facts;
  if (cloneAllowed === "0")
    return "This host forbids user namespaces: run `sysctl -w kernel.unprivileged_userns_clone=1` as root, and put the line into /etc/sysctl.d/ to keep it.";
  if (maximum === "0")
    return "This host allows no user namespace: run `sysctl -w user.max_user_namespaces=15000` as root, and put the line into /etc/sysctl.d/ to keep it.";
  if (isContainer)
    return `This container forbids what sandboxes need (${complaint}): start it with \`--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined\`, or run Pilothouse outside of a container.`;
  if (apparmorRestricts === "1")
    return "AppArmor forbids bubblewrap user namespaces on this host: as root run `printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n' > /etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap`, or, for every program, `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.";
  return `bubblewrap could not make a sandbox on this host (${complaint}): user namespaces have to be allowed for ordinary users.`;
}
