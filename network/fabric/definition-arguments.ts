import type { ChaincodeDeployment } from '../material/network-definition';

/** What approval and commit of a contract's definition must be told alike. @see fabric docs peerlifecycle.md */
export function definitionArguments(
  channel: string,
  { name, version, policy }: ChaincodeDeployment,
  sequence: number,
  collectionsFile?: string,
): string[] {
  const args = ['--channelID', channel, '--name', name, '--version', version, '--sequence', String(sequence)];
  if (policy !== undefined) args.push('--signature-policy', policy);
  if (collectionsFile !== undefined) args.push('--collections-config', collectionsFile);
  return args;
}

/** A contract's collections as the `peer` command reads them from a file; nothing where it has none. */
export function collectionsConfig({ collections }: ChaincodeDeployment): string | undefined {
  if (collections.length === 0) return undefined;
  const described = collections.map(({ endorsementPolicy, ...collection }) => ({
    ...collection,
    ...(endorsementPolicy !== undefined && { endorsementPolicy: { signaturePolicy: endorsementPolicy } }),
  }));
  return JSON.stringify(described, null, 2);
}
