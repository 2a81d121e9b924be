/**
 * What the controller's unit gives up. What it looks at itself (does a path exist, is a program there, how much room
 * is left) must be seen as a session sees it, and commands run in the tmux servers' units: so there is nothing here that
 * hides a file, a process or a namespace, only what keeps from changing them. docs/systemd.md says what is left off.
 */

/** For whoever runs systemd: no mount namespace is needed, which in a user's manager would mean a user namespace. */
const EVERYWHERE = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged @resources',
  // A file that is written in place of another one is given to the same owner, also where that is ourselves.
  'SystemCallFilter=@chown',
  'SystemCallErrorNumber=EPERM',
  'KeyringMode=private',
  'UMask=0077',
] as const;

/** What the system's manager can do beside that. The whole file system is read-only but for the paths that are given. */
const IN_THE_SYSTEM = [
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'PrivateDevices=yes',
  'PrivateMounts=yes',
] as const;

/**
 * The superuser's processes can only be looked at and ended by one who may do so with anybody's; other users look at
 * their own without any capability.
 */
const OF_THE_SUPERUSER = 'CAP_SYS_PTRACE CAP_KILL CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_CHOWN';

export const hardeningOf = (
  system: { readonly user: string; readonly writable: readonly string[] } | null,
): readonly string[] =>
  system === null
    ? EVERYWHERE
    : [
        ...EVERYWHERE,
        ...IN_THE_SYSTEM,
        `ReadWritePaths=${system.writable.join(' ')}`,
        `CapabilityBoundingSet=${system.user === 'root' ? OF_THE_SUPERUSER : ''}`,
        'AmbientCapabilities=',
      ];
