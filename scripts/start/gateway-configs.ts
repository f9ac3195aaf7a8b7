import { join } from 'node:path';
import type { GatewayConfig } from '../../gateway/compose/gateway-config';
import { databaseUrl, ledgerClient } from '../../gateway/compose/load-config';
import { DEVELOPMENT_ISSUER } from '../../gateway/http/development-tokens';
import { gatewayFolder, gatewayPort, type Consortium } from './consortium';
import type { Secrets } from './secrets';

/** One configuration per member, on loopback, with the development issuer's tokens. */
export function gatewayConfigs(consortium: Consortium, secrets: Secrets): GatewayConfig[] {
  const { definition } = consortium;
  return definition.members.map(({ mspId, domain, port }) => {
    const material = join(definition.folder, 'material', mspId);
    const user = join(material, 'users', 'Gateway');
    return {
      member: mspId,
      host: '127.0.0.1',
      port: gatewayPort(consortium, mspId),
      channel: definition.channel,
      dataFolder: gatewayFolder(consortium, mspId),
      ...databaseUrl(),
      ledger: {
        client: ledgerClient(),
        endpoint: `${definition.host}:${port}`,
        tlsRootCertificateFile: join(material, 'tlsca', 'ca.pem'),
        serverName: `peer0.${domain}`,
        certificateFile: join(user, 'cert.pem'),
        privateKeyFile: join(user, 'key.pem'),
      },
      tokens: { issuer: DEVELOPMENT_ISSUER, publicKeyPem: secrets.tokens.publicKeyPem },
      fingerprintKeyFile: secrets.fingerprintKeyFile,
      logLevel: 'info',
      isDevelopment: true,
    };
  });
}
