import type { AddCommands } from './command';

interface ImportFlags {
  readonly folder: string;
  readonly label: string;
  readonly member: string;
  readonly certificate: string;
  readonly key?: string;
}

/** `concordat wallet`: identities of gateways, in the file-system wallets that Fabric's client libraries share. */
export const addWalletCommands: AddCommands = (program, io, run) => {
  const wallet = program.command('wallet').description('identities that gateways act with 网关身份钱包');
  wallet
    .command('import')
    .description('put a certificate and its key into a wallet; without --key a security module holds the key')
    .requiredOption('--folder <folder>', 'the wallet; made when absent, readable by you alone')
    .requiredOption('--label <label>', 'name of the identity')
    .requiredOption('--member <mspId>', 'MSP id')
    .requiredOption('--certificate <file>', 'PEM')
    .option('--key <file>', 'PEM, PKCS#8')
    .action((flags: ImportFlags) => run(() => importIdentity(flags, io.out)));
  wallet
    .command('list')
    .description('label, kind and member of every identity')
    .requiredOption('--folder <folder>', 'the wallet')
    .action(({ folder }: { folder: string }) =>
      run(async () => {
        const { listWallet } = await import('../../gateway/adapters/identity/wallet.js');
        for (const { label, type, mspId } of await listWallet(folder)) io.out(`${label}  ${type}  ${mspId}`);
      }),
    );
};

async function importIdentity(flags: ImportFlags, say: (text: string) => void): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import('node:crypto');
  const { mkdirSync, readFileSync } = await import('node:fs');
  const { writeWallet } = await import('../../gateway/adapters/identity/wallet.js');
  const certificate = readFileSync(flags.certificate, 'utf8');
  const parsed = new X509Certificate(certificate);
  mkdirSync(flags.folder, { recursive: true, mode: 0o700 });
  if (flags.key === undefined) {
    await writeWallet(flags.folder, flags.label, {
      type: 'HSM-X.509',
      mspId: flags.member,
      credentials: { certificate },
    });
  } else {
    const privateKey = readFileSync(flags.key, 'utf8');
    if (!parsed.checkPrivateKey(createPrivateKey(privateKey))) {
      throw new Error(`${flags.key} is not the key of ${flags.certificate}`);
    }
    const credentials = { certificate, privateKey };
    await writeWallet(flags.folder, flags.label, { type: 'X.509', mspId: flags.member, credentials });
  }
  say(`${flags.label} of ${flags.member} is in ${flags.folder}`);
}
