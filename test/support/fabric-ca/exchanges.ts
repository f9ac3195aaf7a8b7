import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaRequest } from '../../../network/fabric-ca/ca-transport';
import type { CaIdentity } from '../../../network/fabric-ca/ca-token';

/** One request to the real server and its answer, byte for byte. */
export interface Exchange {
  readonly what: string;
  readonly asked: CaRequest;
  readonly answered: string;
}

/** What was recorded; every key in it was made for the recording alone and is of no use anywhere else. */
export interface Recording {
  readonly version: string;
  readonly ca: CaIdentity;
  readonly registrar: CaIdentity;
  readonly user: CaIdentity & { readonly id: string; readonly secret: string };
  readonly exchanges: readonly Exchange[];
}

export const RECORDING_FILE = join('test', 'vectors', 'fabric-ca-1.5.21', 'exchanges.json');

export function loadRecording(): Recording {
  return JSON.parse(readFileSync(join(process.cwd(), RECORDING_FILE), 'utf8')) as Recording;
}
