import type { Role } from '../../gateway/http/roles';
import { DEVELOPMENT_WARNING } from '../../gateway/http/development-tokens';
import { roleTokens, type Stage } from '../demo/stage';
import { MEMBERS } from './consortium';
import type { RunningConsortium } from './running-consortium';

/** One request per role, at the member where that role has something to do. */
const EXAMPLES: readonly (readonly [role: Role, mspId: string, path: string])[] = [
  ['viewer', 'PlatformMSP', '/v1/purchase-orders'],
  ['maker', 'PlatformMSP', '/v1/purchase-orders/{order}/timeline'],
  ['approver', 'SellerBankMSP', '/v1/receivables'],
  ['administrator', 'BuyerBankMSP', '/v1/standing-agreements'],
  ['system', 'BuyerBankMSP', '/v1/statements'],
  ['auditor', 'SellerBankMSP', '/v1/payments'],
  ['arbitrator', 'ArbitrationMSP', '/v1/cases'],
];

/** What a person needs after a start: pages, requests to paste, files, ways to cheat. */
export async function summary({ urls, secrets, consortium }: RunningConsortium, stage: Stage): Promise<string> {
  const { state } = stage;
  const pages = MEMBERS.map(({ mspId, name, nameZh }) => `  ${`${name} ${nameZh}`.padEnd(26)} ${urls[mspId] ?? ''}`);
  const requests = await Promise.all(
    EXAMPLES.map(async ([role, mspId, path]) => {
      const token = (await roleTokens(secrets, mspId))[role];
      const place = path.replace('{order}', state['order'] ?? '');
      return `# ${role} of ${mspId}\ncurl -s -H 'authorization: Bearer ${token}' '${urls[mspId] ?? ''}${place}'`;
    }),
  );
  const order =
    state['order'] === undefined ? [] : [`  the order    ${urls['PlatformMSP'] ?? ''}/orders/${state['order']}`];
  return [
    DEVELOPMENT_WARNING,
    '',
    'Pages (sign in with a token below; English and Chinese) 页面',
    ...pages,
    ...order,
    '',
    'Requests to paste, one per role 各角色示例请求',
    ...requests,
    '',
    `Files 文件   ${stage.files}`,
    `  data       ${consortium.dataFolder} (delete it to start over)`,
    '  API        /docs at every gateway, /openapi.json',
    '',
    'Try to cheat: a second financing, and an altered evidence package 试试作弊',
    `  node bin/concordat.js cheat --ledger ${consortium.ledger} --data ${consortium.dataFolder} --base-port ${consortium.basePort}`,
    '',
  ].join('\n');
}
