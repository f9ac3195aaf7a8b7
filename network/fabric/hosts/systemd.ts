/** One service of a host, as systemd is told it. */
export interface Unit {
  /** File name without `.service`. */
  readonly name: string;
  readonly description: string;
  readonly user: string;
  /** Absolute, with its arguments. */
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly environmentFile: string;
  /** Folders that the service may write; everything else is read-only for it. */
  readonly writes: readonly string[];
}

/**
 * The text of a unit file: its own user, no new privileges, a read-only system but for its state.
 *
 * No limit on memory that is both written and executed: Node.js compiles as it runs.
 *
 * @see systemd.exec(5)
 */
export function unitFile({ description, user, command, workingFolder, environmentFile, writes }: Unit): string {
  return `[Unit]
Description=${description}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
User=${user}
Group=${user}
WorkingDirectory=${workingFolder}
EnvironmentFile=${environmentFile}
ExecStart=${command.join(' ')}
Restart=on-failure
RestartSec=3
TimeoutStopSec=60
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=true
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${writes.join(' ')}
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
}

/** The text of an environment file; values with blanks are quoted. @see systemd.exec(5) EnvironmentFile */
export function environmentFile(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `${name}=${/^[\w./:@,-]*$/.test(value) ? value : JSON.stringify(value)}`,
  );
  return `${lines.join('\n')}\n`;
}
