import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { ROLES, type Role } from '../../gateway/http/roles';
import type { TypedData } from '../../gateway/services/signing-requests';
import { MEMBERS } from '../start/consortium';
import { kept, type Secrets } from '../start/secrets';
import { MemberClient, type LastBlock, type WriteAnswer } from './member-client';

/** Dates of the demonstration: business dates, so that it is the same on every day it is played. */
export const OPEN_DATE = '2026-11-10',
  NEXT_DATE = '2026-11-11';

/** The two parties. Their keys lie in the data folder, as a wallet's would on their own machines. */
export const BUYER = 'GB.IYT-CORPORATION',
  SELLER = 'US.CONSORTIAL';

/** What later steps, later starts and the attempts to cheat need to know. */
export interface DemoState {
  readonly [name: string]: string;
}

interface SigningRequest {
  readonly id: string;
  readonly required: readonly { readonly partyId: string; readonly typedData: TypedData }[];
}

export interface StageOptions {
  readonly dataFolder: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  readonly say: (line: string) => void;
}

/** Everything the demonstration acts with: members' gateways, parties' wallets, a folder of files, and its memory. */
export class Stage {
  readonly platform: MemberClient;
  readonly sellerBank: MemberClient;
  readonly buyerBank: MemberClient;
  readonly logistics: MemberClient;
  readonly arbitration: MemberClient;
  readonly buyer: Wallet;
  readonly seller: Wallet;
  readonly files: string;
  readonly say: (line: string) => void;
  readonly #stateFile: string;
  #state: DemoState;

  private constructor(
    options: StageOptions,
    clients: ReadonlyMap<string, MemberClient>,
    /** What every client waits for. */
    readonly lastBlock: LastBlock,
  ) {
    const { dataFolder, say } = options;
    const client = (mspId: string): MemberClient => clients.get(mspId) as MemberClient;
    this.platform = client('PlatformMSP');
    this.sellerBank = client('SellerBankMSP');
    this.buyerBank = client('BuyerBankMSP');
    this.logistics = client('LogisticsMSP');
    this.arbitration = client('ArbitrationMSP');
    this.buyer = wallet(join(dataFolder, 'keys', 'buyer-wallet'));
    this.seller = wallet(join(dataFolder, 'keys', 'seller-wallet'));
    this.files = join(dataFolder, 'files');
    this.say = say;
    this.#stateFile = join(dataFolder, 'demonstration.json');
    this.#state = existsSync(this.#stateFile) ? (JSON.parse(readFileSync(this.#stateFile, 'utf8')) as DemoState) : {};
    mkdirSync(this.files, { recursive: true });
  }

  static async open(options: StageOptions): Promise<Stage> {
    const clients = new Map<string, MemberClient>();
    const last: LastBlock = { number: 0 };
    for (const { mspId } of MEMBERS) {
      const tokens = await roleTokens(options.secrets, mspId);
      clients.set(mspId, new MemberClient(mspId, options.urls[mspId] ?? '', (role) => tokens[role], last));
    }
    return new Stage(options, clients, last);
  }

  get state(): DemoState {
    return this.#state;
  }

  /** @throws Error when an earlier step has not left it. */
  known(name: string): string {
    const value = this.#state[name];
    if (value === undefined) throw new Error(`the demonstration has no ${name} yet`);
    return value;
  }

  remember(more: DemoState): void {
    this.#state = { ...this.#state, ...more };
    writeFileSync(`${this.#stateFile}.new`, `${JSON.stringify(this.#state, null, 2)}\n`);
    renameSync(`${this.#stateFile}.new`, this.#stateFile);
  }

  write(name: string, bytes: Uint8Array | string): string {
    const file = join(this.files, name);
    writeFileSync(file, bytes);
    return file;
  }

  /** Prepares an act at a member's gateway, has each party sign it with its own key, hands the signatures in. */
  async sign(at: MemberClient, key: string, operation: string, input: object): Promise<WriteAnswer> {
    const request = await at.post<SigningRequest>(
      '/v1/signing-requests',
      at === this.platform ? 'maker' : 'system',
      key,
      {
        operation,
        input,
      },
    );
    const signatures = await Promise.all(
      request.required.map(({ partyId, typedData }) => this.signature(partyId, typedData)),
    );
    const path = `/v1/signing-requests/${request.id}/signatures`;
    const { result } = await at.post<{ result?: WriteAnswer }>(path, 'approver', `${key}-signed`, { signatures });
    if (result === undefined) throw new Error(`${operation} still waits for signatures`);
    return result;
  }

  /** What a party's wallet answers when asked to sign. */
  async signature(partyId: string, typedData: TypedData): Promise<{ address: string; signature: string }> {
    const signer = partyId === BUYER ? this.buyer : this.seller;
    const { domain, types, message } = typedData;
    // Wallets of browsers want the domain's own type listed, ethers makes it itself.
    const named = Object.entries(types).filter(([name]) => name !== 'EIP712Domain');
    const plain = Object.fromEntries(named.map(([name, fields]) => [name, [...fields]]));
    return { address: signer.address, signature: await signer.signTypedData({ ...domain }, plain, { ...message }) };
  }
}

/** A token per role; each user has one role, so that four eyes are two people. */
export async function roleTokens({ tokens }: Secrets, member: string): Promise<Record<Role, string>> {
  const made = await Promise.all(
    ROLES.map(
      async (role) => [role, await tokens.token({ member, userId: `${role}@${member}`, roles: [role] })] as const,
    ),
  );
  return Object.fromEntries(made) as Record<Role, string>;
}

function wallet(file: string): Wallet {
  return new Wallet(kept(file, () => Wallet.createRandom().privateKey));
}
