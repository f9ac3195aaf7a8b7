import { Option } from 'commander';
import type { CaIdentity } from '../../network/fabric-ca/ca-token';
import type { CaAttribute, EnrollmentOptions, FabricCa, Registration } from '../../network/fabric-ca/fabric-ca';
import type { AddCommands, Io } from './command';

interface CaFlags {
  readonly ca?: string;
  readonly caName?: string;
  readonly tlsRoot?: string;
  readonly network: string;
  readonly member?: string;
}
interface RegistrarFlags extends CaFlags {
  readonly as: string;
}
interface RegisterFlags extends RegistrarFlags {
  readonly type: Registration['type'];
  readonly affiliation?: string;
  readonly attribute?: readonly string[];
  readonly maxEnrollments?: string;
}
interface EnrollFlags extends CaFlags {
  readonly profile?: string;
  readonly hosts?: readonly string[];
  readonly attributes?: readonly string[];
  readonly connection?: string;
  readonly user?: string;
}
interface RevokeFlags extends RegistrarFlags {
  readonly id?: string;
  readonly cert?: string;
  readonly reason: string;
  readonly out: string;
}

export const SECRET_VARIABLE = 'CONCORDAT_ENROLLMENT_SECRET';
const REASONS = [
  ...['unspecified', 'keycompromise', 'cacompromise', 'affiliationchanged', 'superseded'],
  ...['cessationofoperation', 'certificatehold', 'privilegewithdrawn', 'aacompromise'],
];

/** `concordat identity …`: identities of a member's own Fabric CA. Secrets come by environment or stdin, never as arguments. */
export const addIdentityCommands: AddCommands = (program, io, run) => {
  const group = program.command('identity').description("identities of a member's own Fabric CA");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option('--ca <url>', 'https URL of the server; that of --member in the network file when absent')
      .option('--ca-name <name>', 'which of its authorities')
      .option('--tls-root <file>', "the root that the server's TLS certificate must lead to")
      .option('--network <file>', 'network definition, YAML or JSON', 'network/consortium.yaml')
      .option('--member <mspId>', 'member whose certificateAuthority is meant');
  const asRegistrar = (name: string, description: string) =>
    command(name, description).requiredOption('--as <folder>', 'MSP folder of the registrar, as enroll writes it');
  asRegistrar(
    'register',
    `make an identity known; prints its secret (that of ${SECRET_VARIABLE}, else the CA's), and nothing else`,
  )
    .argument('<id>', 'its enrolment id')
    .addOption(new Option('--type <unit>').choices(['client', 'peer', 'orderer', 'admin']).default('client'))
    .option('--affiliation <name>', "the registrar's when absent")
    .option('--attribute <name=value...>', 'attribute; with :ecert at its end every certificate has it')
    .option('--max-enrollments <count>', 'how often its secret serves')
    .action((id: string, flags: RegisterFlags) => run(() => register(id, flags, io)));
  for (const [name, description] of [
    [
      'enroll <id> <folder>',
      `first certificate, by the secret in ${SECRET_VARIABLE} or on stdin; writes an MSP folder`,
    ],
    ['reenroll <folder>', 'a further certificate over a fresh key, by the one in the folder, which is replaced'],
  ] as const) {
    command(name, description)
      .option('--profile <name>', '"tls" for the certificate of a server')
      .option('--hosts <name...>', 'names and addresses of a server')
      .option('--attributes <name...>', 'attributes the certificate must have')
      .option('--connection <file>', "connection file to name the certificate in, among --member's users")
      .option('--user <name>', 'its name there; the enrolment id when absent')
      .action((...args: unknown[]) => run(() => enrollOrAgain(args, io)));
  }
  asRegistrar('revoke', 'revoke a certificate, or an identity with all of them; writes the revocation list')
    .option('--id <id>', 'the identity')
    .option('--cert <file>', 'the certificate')
    .addOption(new Option('--reason <reason>').choices(REASONS).default('unspecified'))
    .requiredOption('--out <file>', 'where the revocation list goes, PEM')
    .action((flags: RevokeFlags) => run(() => revoke(flags, io)));
  asRegistrar('crl', 'the list of all that is revoked and has not expired')
    .requiredOption('--out <file>', 'where it goes, PEM')
    .action((flags: RegistrarFlags & { out: string }) => run(() => revocationList(flags)));
  asRegistrar('list', 'identities at or below the registrar’s affiliation').action((flags: RegistrarFlags) =>
    run(() => list(flags, io)),
  );
};

async function register(id: string, flags: RegisterFlags, { out }: Io): Promise<void> {
  const { type, affiliation, attribute, maxEnrollments } = flags;
  const secret = process.env[SECRET_VARIABLE];
  const registration: Registration = {
    id,
    type,
    ...(affiliation !== undefined && { affiliation }),
    ...(attribute !== undefined && { attributes: attribute.map(toAttribute) }),
    ...(maxEnrollments !== undefined && { maxEnrollments: Number(maxEnrollments) }),
    ...(secret !== undefined && secret !== '' && { secret }),
  };
  out(await (await connect(flags)).register(await registrarOf(flags), registration));
}

/** Both end in a folder; commander hands over the arguments, then the flags. */
async function enrollOrAgain(args: readonly unknown[], { out }: Io): Promise<void> {
  const { readIdentity, writeIdentity, addToConnection } = await import('../../network/fabric/identity-folder.js');
  const places = args.filter((arg): arg is string => typeof arg === 'string');
  const flags = args[places.length] as EnrollFlags;
  const { profile, hosts, attributes } = flags;
  const options: EnrollmentOptions = {
    ...(profile !== undefined && { profile }),
    ...(hosts !== undefined && { hosts }),
    ...(attributes !== undefined && { attributes }),
  };
  const folder = places.at(-1) as string;
  const id = places.length === 2 ? (places[0] as string) : undefined;
  const { ca, tlsRootPem } = await open(flags);
  const enrollment =
    id === undefined
      ? await ca.reenroll(readIdentity(folder), options)
      : await ca.enroll(id, await readSecret(), options);
  const files = writeIdentity(folder, enrollment, { tlsRootPem, isServer: profile === 'tls' });
  if (flags.connection !== undefined) {
    const name = flags.user ?? id ?? '';
    if (flags.member === undefined || name === '') throw new Error('--connection needs --member, and --user or the id');
    addToConnection(flags.connection, flags.member, name, files);
  }
  out(`certificateFile: ${files.cert}`);
  out(`privateKeyFile: ${files.key}`);
}

async function revoke(flags: RevokeFlags, { out }: Io): Promise<void> {
  const { readFileSync, writeFileSync } = await import('node:fs');
  const { revocationTargetOf } = await import('../../network/fabric-ca/fabric-ca.js');
  const { id, cert } = flags;
  if ((id === undefined) === (cert === undefined)) throw new Error('name either --id or --cert');
  const target = id === undefined ? revocationTargetOf(readFileSync(cert as string, 'utf8')) : { id };
  const ca = await connect(flags);
  const registrar = await registrarOf(flags);
  const { revoked, crlPem } = await ca.revoke(registrar, target, flags.reason);
  writeFileSync(flags.out, crlPem ?? (await ca.revocationList(registrar)));
  for (const { serial, aki } of revoked) out(`revoked serial ${serial} of authority ${aki}`);
  if (revoked.length === 0) out('it had no certificate; the identity itself is revoked');
}

async function revocationList(flags: RegistrarFlags & { out: string }): Promise<void> {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(flags.out, await (await connect(flags)).revocationList(await registrarOf(flags)));
}

async function list(flags: RegistrarFlags, { out }: Io): Promise<void> {
  for (const { id, type, affiliation, attrs } of await (await connect(flags)).identities(await registrarOf(flags))) {
    const attributes = (attrs ?? []).map(({ name, value }) => `${name}=${value}`).join(' ');
    out(`${id.padEnd(32)} ${type.padEnd(8)} ${(affiliation || '.').padEnd(16)} ${attributes}`);
  }
}

async function connect(flags: CaFlags): Promise<FabricCa> {
  return (await open(flags)).ca;
}

async function open(flags: CaFlags): Promise<{ ca: FabricCa; tlsRootPem: string }> {
  const { readFileSync } = await import('node:fs');
  const { FabricCa } = await import('../../network/fabric-ca/fabric-ca.js');
  const { url, name, tlsRootFile } = await authorityOf(flags);
  const tlsRootPem = readFileSync(tlsRootFile, 'utf8');
  return { ca: new FabricCa({ url, tlsRootPem }, name), tlsRootPem };
}

async function authorityOf({ ca, caName, tlsRoot, member, network }: CaFlags): Promise<{
  readonly url: string;
  readonly name?: string | undefined;
  readonly tlsRootFile: string;
}> {
  if (ca !== undefined && tlsRoot !== undefined) return { url: ca, name: caName, tlsRootFile: tlsRoot };
  const { loadNetworkDefinition } = await import('../../network/material/network-definition.js');
  const found = loadNetworkDefinition(network).members.find(({ mspId }) => mspId === member)?.certificateAuthority;
  if (found !== undefined) return found;
  throw new Error(`name --ca and --tls-root, or a --member whose certificateAuthority ${network} tells`);
}

async function registrarOf({ as }: RegistrarFlags): Promise<CaIdentity> {
  const { readIdentity } = await import('../../network/fabric/identity-folder.js');
  return readIdentity(as);
}

async function readSecret(): Promise<string> {
  const given = process.env[SECRET_VARIABLE];
  if (given !== undefined && given !== '') return given;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const [secret = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
  if (secret !== '') return secret;
  throw new Error(`no secret: set ${SECRET_VARIABLE}, or write it to stdin`);
}

function toAttribute(text: string): CaAttribute {
  const [, name, value, ecert] = /^([^=]+)=(.*?)(:ecert)?$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--attribute ${text} is not name=value`);
  return { name, value, ...(ecert !== undefined && { ecert: true }) };
}
