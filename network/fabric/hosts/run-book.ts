import { portsOf, type HostPlan, type NetworkPlan } from './host-plan';
import {
  approveContracts,
  checkGateways,
  checkPeers,
  commitContracts,
  describeNetwork,
  joinOrderers,
  joinPeers,
  startBlocks,
  type Block,
} from './run-book-steps';
import { servicesOf, type Service } from './units';

interface Section {
  readonly title: string;
  readonly zh: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
}

/** The run book of a rendered network, in Markdown: every command is one of these hosts' own, ready to paste. */
export async function runBook(plan: NetworkPlan): Promise<string> {
  const hosts = await Promise.all(plan.hosts.map(async (host) => ({ host, services: await servicesOf(host, plan) })));
  const sections: Section[] = [...preparation(plan, hosts), ...(await starting(plan, hosts)), ...running(plan, hosts)];
  const head = `# Run book: channel ${plan.definition.channel} on ${plan.hosts.length} hosts\n`;
  const body = sections.map(({ title, zh, text, blocks = [] }, at) =>
    [`## ${at + 1}. ${title}`, zh, text.trim(), ...blocks.map(fence)].filter(Boolean).join('\n\n'),
  );
  return `${[head.trim(), INTRODUCTION, ...body].join('\n\n')}\n`;
}

const INTRODUCTION = `Every block names its host and user in its first line; where that is not root, \`sudo -u USER bash\` first. Do the sections in their order; a block that fails may be repeated
once its cause is mended, and what says "already exists" was done before.

每个代码块的第一行写明主机与用户；按章节顺序执行。`;

type Hosts = readonly { readonly host: HostPlan; readonly services: readonly Service[] }[];

function preparation(plan: NetworkPlan, hosts: Hosts): Section[] {
  const { release, program, node } = plan;
  const where = hosts.map(({ host, services }) => [
    host.name,
    host.address,
    services.map(({ name }) => name.replace('concordat-', '')).join(', '),
  ]);
  const ports = hosts.flatMap(({ host }) =>
    portsOf(host).map(({ port, what, from }) => [host.name, String(port), what, from]),
  );
  return [
    { title: 'What runs where', zh: '各主机上的服务', text: table(['host', 'address', 'services'], where) },
    {
      title: 'Firewall',
      zh: '防火墙',
      text: `Everything else stays closed. Rows with "no TLS" must never leave the named hosts.\n\n${table(['host', 'TCP port', 'what', 'open for'], ports)}`,
    },
    {
      title: 'Programs',
      zh: '程序',
      text: `On every host: Hyperledger Fabric's release in \`${release}\` (folders \`bin\` and \`builders\`; where an authority runs, also
\`bin/fabric-ca-server\`), \`curl\`, and where contracts or gateways run Node.js as \`${node}\` and Concordat, built, in \`${program}\`.
Clocks must agree: run a time service.`,
    },
    {
      title: 'Users',
      zh: '用户',
      text: 'Services run as a user of their own, which owns nothing else and cannot log in.',
      blocks: hosts.map(({ host }) => ({ host: host.name, user: 'root', lines: userLines(host) })),
    },
    {
      title: 'Copy',
      zh: '复制文件',
      text: `Give each host its own folder below \`hosts/\`, and no other: each holds the private keys of that host alone. From where this
was rendered, for example \`rsync -a hosts/NAME/ root@ADDRESS:FOLDER/\`. Then:`,
      blocks: hosts.map(({ host }) => ({ host: host.name, user: 'root', lines: installLines(host) })),
    },
  ];
}

function userLines({ user, folder }: HostPlan): string[] {
  return [
    `id ${user} 2>/dev/null || useradd --system --home-dir ${folder} --shell /usr/sbin/nologin ${user}`,
    `install -d -m 0700 -o ${user} -g ${user} ${folder}`,
  ];
}

function installLines({ user, folder }: HostPlan): string[] {
  return [
    `chown -R ${user}:${user} ${folder}`,
    `install -m 0644 ${folder}/systemd/*.service /etc/systemd/system/`,
    'systemctl daemon-reload',
  ];
}

async function starting(plan: NetworkPlan, hosts: Hosts): Promise<Section[]> {
  const sections: Section[] = [
    {
      title: 'Start the ordering nodes',
      zh: '启动排序节点',
      text: 'They serve no channel yet. Certificate authorities start here too, where there are any.',
      blocks: startBlocks(hosts, 'authority', 'orderer'),
    },
    {
      title: 'Join the ordering nodes to the channel',
      zh: '排序节点加入通道',
      text: '`Status: 201` is success. With Raft a leader is chosen once a majority has joined.',
      blocks: joinOrderers(plan),
    },
    {
      title: 'Start contracts and peers',
      zh: '启动合约服务与对等节点',
      text: 'A contract waits for its peer; the peer connects to it when it is first called.',
      blocks: startBlocks(hosts, 'contract', 'peer'),
    },
    {
      title: 'Join the peers to the channel',
      zh: '对等节点加入通道',
      text: "By each member's administrator, from the host of its first peer.",
      blocks: joinPeers(plan),
    },
    {
      title: 'Approve the contracts',
      zh: '批准合约',
      text: 'Install the packages, then each member approves the same definition.',
      blocks: await approveContracts(plan),
    },
    { title: 'Commit the contracts', zh: '提交合约定义', text: 'Once, by one member.', blocks: commitContracts(plan) },
    {
      title: 'Describe the network',
      zh: '描述网络',
      text: 'Once: the registry then names block 0 and the members, and every gateway compares its own block 0 with it.',
      blocks: describeNetwork(plan),
    },
    {
      title: 'Start the gateways',
      zh: '启动网关',
      text: 'Put a proxy that ends TLS in front of each.',
      blocks: startBlocks(hosts, 'gateway'),
    },
    {
      title: 'Check readiness',
      zh: '检查就绪',
      text: 'Every peer tells the same height and block hash; every contract is committed; every gateway is ready.',
      blocks: [...checkPeers(plan), ...checkGateways(plan)],
    },
  ];
  return sections.filter(({ blocks = [] }) => blocks.length > 0);
}

function running({ definition }: NetworkPlan, hosts: Hosts): Section[] {
  return [
    {
      title: 'Logs',
      zh: '日志',
      text: `In the journal, a gateway's in its \`data/gateway.log\` too: \`journalctl -u concordat-peer0.${definition.members[0]?.mspId ?? 'MEMBER'} -f\`. Metrics of nodes: \`/metrics\` at their
operations port.`,
    },
    {
      title: 'Stop',
      zh: '停止',
      text: `Gateways first, then peers and contracts, ordering nodes last. One host may be down while the others work, as long as a
majority of the ordering nodes and the endorsers that a contract asks for are up. \`systemctl start\` brings it back; nothing is joined again.`,
      blocks: hosts.map(({ host, services }) => ({
        host: host.name,
        user: 'root',
        lines: [
          `systemctl stop ${[...services]
            .reverse()
            .map(({ name }) => `${name}.service`)
            .join(' ')}`,
        ],
      })),
    },
    {
      title: 'Backup and restore',
      zh: '备份与恢复',
      text: `Back up each host's folder while its services are stopped, or by a snapshot of the file system. Keys are in \`nodes/*/msp\`,
\`nodes/*/tls\`, \`admins\`, \`gateways/*\` and \`authorities/*\`: a backup is as secret as they are.

- A peer: put its folder back and start it; it fetches the blocks that came since. Without a backup of \`state\` start it with an
  empty one, join it again as in "Join the peers" and install again as in "Approve the contracts": it fetches every block, and private
  data from the other peers that hold them. What its member wrote for itself alone no other member has, its approvals among it: for each
  such block a member's only peer waits a minute (\`pullRetryThreshold\`), and it cannot endorse until all members have approved and
  committed the contract's next sequence (the same commands with \`--sequence 2\`). A second peer on another host that was up has all of it.
- An ordering node: put its folder back whole and start it. Never start one with an empty \`state\` under the same keys: Raft counts on
  what it has promised. Without a backup take it out of the channel by a channel update and bring in a new one.
- A gateway: of its \`data\`, \`index.db\` can be deleted and is read anew from the peer; \`store.db\` (original documents) and
  \`outbox.db\` (what callers were promised) cannot: put them back.
- Contracts keep nothing.`,
    },
    {
      title: 'Certificates',
      zh: '证书到期',
      text: `\`openssl x509 -noout -enddate -in nodes/NODE/msp/signcerts/cert.pem\` tells when one ends: ten years after it was made, with a
member's own Fabric CA what that CA says, a year by default. Renew identities before with \`concordat identity reenroll\`, then restart.
An ordering node's TLS certificate stands in the channel's configuration: change it there first.`,
    },
    {
      title: 'Keep offline',
      zh: '离线保管',
      text: `The folder this was rendered from holds the development authorities' keys (\`material/*/ca\`, \`material/*/tlsca\`): whoever has them
makes identities of the members. Keep it on no host. \`topology.json\` and \`channel/\` hold no secret; \`fingerprint-key\` is shared by
the gateways of all members.`,
    },
  ];
}

function fence({ host, user, lines }: Block): string {
  return ['```bash', `# ${host}, as ${user}`, ...lines, '```'].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
