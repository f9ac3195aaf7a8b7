import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { MemberKind } from '../../chaincode/domain/registry';
import { Layout } from '../../network/fabric/layout';
import { toNetworkDefinition, type NetworkDefinition } from '../../network/material/network-definition';
import { projectRoot } from '../project-root';

/** What the demonstration's members are; the ledger itself knows none of it. */
export const MEMBERS: readonly {
  readonly mspId: string;
  readonly kind: MemberKind;
  readonly name: string;
  readonly nameZh: string;
}[] = [
  { mspId: 'PlatformMSP', kind: 'platform', name: 'Trade Platform', nameZh: '贸易平台' },
  { mspId: 'SellerBankMSP', kind: 'bank', name: "Seller's Bank", nameZh: '卖方银行' },
  { mspId: 'BuyerBankMSP', kind: 'bank', name: "Buyer's Bank", nameZh: '买方银行' },
  { mspId: 'LogisticsMSP', kind: 'logistics', name: 'Logistics', nameZh: '物流商' },
  { mspId: 'ArbitrationMSP', kind: 'arbitration', name: 'Arbitration', nameZh: '仲裁机构' },
];

/** Ports of `network/consortium.yaml` start here; a member's gateway is the port before its peer's. */
export const FIRST_PORT = 17_000;

/** What the members' peers are: all in one development process, or nodes of a real Fabric network. */
export type LedgerKind = 'embedded' | 'fabric';

/** The consortium of one start, its ports moved and its files in one folder. */
export interface Consortium {
  readonly ledger: LedgerKind;
  readonly definition: NetworkDefinition;
  readonly dataFolder: string;
  readonly basePort: number;
}

/**
 * Reads the consortium's file for one start: the data folder's own where there is one, else the demonstration's.
 *
 * @throws NetworkDefinitionError.
 */
export function loadConsortium(options: { readonly dataFolder: string; readonly basePort: number }): Consortium {
  const dataFolder = resolve(options.dataFolder);
  const shift = options.basePort - FIRST_PORT;
  const own = join(dataFolder, 'consortium.yaml');
  const text = readFileSync(existsSync(own) ? own : join(projectRoot(), 'network', 'consortium.yaml'), 'utf8');
  const moved = text.replace(/\b17\d{3}\b/g, (port) => String(Number(port) + shift));
  const raw = parse(moved, { merge: true }) as Record<string, unknown>;
  const definition = toNetworkDefinition({ ...raw, folder: join(dataFolder, 'network') }, dataFolder);
  return { definition, dataFolder, basePort: options.basePort, ledger: keptLedger(dataFolder) ?? 'embedded' };
}

/**
 * Settles for good which ledger a data folder belongs to: what its gateways have stored is one ledger's alone.
 *
 * @throws Error when it belongs to another.
 */
export function chooseLedger(dataFolder: string, ledger: LedgerKind): void {
  const kept = keptLedger(dataFolder);
  if (kept === ledger) return;
  if (kept !== undefined) {
    throw new Error(`${dataFolder} belongs to a start with --ledger ${kept}: use another --data folder, or delete it`);
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(ledgerFile(dataFolder), ledger);
}

function keptLedger(dataFolder: string): LedgerKind | undefined {
  const file = ledgerFile(dataFolder);
  return existsSync(file) ? (readFileSync(file, 'utf8') as LedgerKind) : undefined;
}

function ledgerFile(dataFolder: string): string {
  return join(resolve(dataFolder), 'ledger-kind');
}

/** Serialised block 0 of the ledger that runs. */
export function genesisFile({ definition, ledger }: Pick<Consortium, 'definition' | 'ledger'>): string {
  return ledger === 'fabric'
    ? new Layout(definition).genesisBlock
    : join(definition.folder, 'material', 'genesis.block');
}

/** Port of a member's gateway. */
export function gatewayPort({ definition }: Consortium, mspId: string): number {
  const member = definition.members.find((candidate) => candidate.mspId === mspId);
  if (member === undefined) throw new Error(`${mspId} is no member of the consortium`);
  return member.port - 1;
}

/** Folder of one member's gateway. */
export function gatewayFolder({ dataFolder }: Pick<Consortium, 'dataFolder'>, mspId: string): string {
  return join(dataFolder, 'gateways', mspId);
}
